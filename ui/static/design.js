// The design of a portal: what is changed is kept as a draft and shown in the preview without reloading the form.
// Without this the buttons do the same by sending the form.
const WAIT = 700; // milliseconds after the last change
const form = document.getElementById("design");
const preview = document.getElementById("preview");
const moved = document.getElementById("moved");
let timer = 0;
let sending = null;

async function keep() {
  clearTimeout(timer);
  sending?.abort();
  const mine = sending = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "preview");
  try {
    // The answer leads back to this page, which says what is wrong and how colours are read.
    const answer = await fetch(form.action, { method: "POST", body, signal: mine.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["said", "left"]) {
      const now = page.getElementById(id);
      if (now) document.getElementById(id).replaceChildren(...now.childNodes);
    }
    preview.contentWindow.location.replace(preview.src);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

function changed() {
  clearTimeout(timer);
  timer = setTimeout(keep, WAIT);
}

function items(list) {
  return [...list.children];
}

// Buttons at the ends of a list have nowhere to go.
function refresh(list) {
  const all = items(list);
  all.forEach((item, n) => {
    const [up, down] = ["up", "down"].map((way) => item.querySelector(`[data-move=${way}]`));
    up.disabled = n === 0;
    down.disabled = n === all.length - 1;
  });
}

function tell(item, list) {
  const name = (item.querySelector("legend") ?? item.querySelector("label")).textContent.trim();
  moved.textContent = moved.dataset.text.replace("{name}", name).replace("{n}", items(list).indexOf(item) + 1);
}

for (const list of form.querySelectorAll("[data-ordered]")) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest(".item");
    if (button.dataset.move === "up") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    refresh(list);
    (button.disabled ? item.querySelector("[data-move]:not(:disabled)") : button)?.focus();
    tell(item, list);
    changed();
  });

  let held = null;
  for (const item of items(list)) item.draggable = true;
  // Text in a field is marked by dragging, so a field in use keeps its item where it is.
  list.addEventListener("focusin", (event) => {
    const item = event.target.closest(".item");
    if (item && event.target.matches("input:not([type=checkbox]), textarea")) item.draggable = false;
  });
  list.addEventListener("focusout", (event) => {
    const item = event.target.closest(".item");
    if (item) item.draggable = true;
  });
  list.addEventListener("dragstart", (event) => {
    held = event.target.closest(".item");
    held.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  list.addEventListener("dragover", (event) => {
    if (!held) return;
    event.preventDefault();
    const over = event.target.closest(".item");
    if (!over || over === held || over.parentElement !== list) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(held);
    else over.after(held);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    if (!held) return;
    held.classList.remove("dragged");
    refresh(list);
    tell(held, list);
    held = null;
    changed();
  });
}

for (const field of form.querySelectorAll("[data-colour]")) {
  const around = document.createElement("span");
  around.className = "picker";
  const picker = Object.assign(document.createElement("input"), { type: "color", tabIndex: -1 });
  picker.setAttribute("aria-hidden", "true");
  const follow = () => { picker.value = /^#[0-9a-f]{6}$/i.test(field.value) ? field.value : field.placeholder; };
  field.before(around);
  around.append(field, picker);
  follow();
  field.addEventListener("input", follow);
  picker.addEventListener("input", () => { field.value = picker.value; changed(); });
}

form.addEventListener("input", changed);
form.addEventListener("submit", () => clearTimeout(timer));
