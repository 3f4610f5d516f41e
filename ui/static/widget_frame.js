// The box in a frame: suggestions, and no empty fields in the address.
import { suggestions } from "./suggest.js";

const box = document.getElementById("q");
suggestions(box);
box.form.addEventListener("submit", () => {
  const empty = [...box.form.elements].filter((e) => e.name && e.value === "");
  for (const e of empty) e.disabled = true;
  setTimeout(() => { for (const e of empty) e.disabled = false; });
});
