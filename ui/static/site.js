// The entry of all pages. Every page works without it; each part leaves alone what it does not find.
import { suggestions } from "./suggest.js";
import { facets } from "./facets.js";
import { ways } from "./getit.js";

const box = document.getElementById("q");

// "/" goes to the box, unless someone is writing.
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && box && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

if (box) suggestions(box);
facets();
ways();
// Only pages of libraries whose systems can be asked carry its weight.
if (document.querySelector("a[data-availability]")) import("./availability.js").then((m) => m.availability());

// Choosing an order or a page size is enough; the button is for those without script.
for (const form of document.querySelectorAll("form.again")) {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}

// Forms leave empty fields out of the address.
for (const form of document.querySelectorAll("form[action]")) {
  form.addEventListener("submit", () => {
    const empty = [...form.elements].filter((e) => e.name && e.value === "" && !e.disabled);
    for (const e of empty) e.disabled = true;
    // The page may come back from the history as it was left.
    setTimeout(() => { for (const e of empty) e.disabled = false; });
  });
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.href ?? source.textContent.trim());
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// The strip of channels and the tabs of a console begin where the chosen one can be seen.
const chosen = document.querySelector(":is(.strip, .tabs) [aria-current]");
if (chosen) {
  const strip = chosen.closest("ul");
  if (chosen.offsetLeft + chosen.offsetWidth > strip.clientWidth) strip.scrollLeft = chosen.offsetLeft - 24;
}
