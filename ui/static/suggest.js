// Suggestions under a box: an editable combobox with a list, as the ARIA practices describe it.
// The box says by data-suggest where to ask, and by data-title, data-name … what the kinds are called.
const WAIT = 120; // milliseconds after a letter, as most people type faster
const SIZE = 10;
const KEPT = 50; // answers that are not asked for again while someone goes back and forth

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function suggestions(box) {
  const prefix = box.id || "suggest";
  const list = element("ul", { className: "suggest", id: `${prefix}-suggestions`, role: "listbox", hidden: true });
  const status = element("span", { className: "hide", role: "status" });
  list.setAttribute("aria-label", box.dataset.label || box.labels[0]?.textContent || "");
  box.after(list, status);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-haspopup", "listbox"],
    ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    box.setAttribute(name, value);
  }
  const answers = new Map();
  let typed = box.value;
  let options = [];
  let current = -1;
  let timer = 0;
  let request = null;
  let composing = false;

  function stop() {
    clearTimeout(timer);
    request?.abort();
    request = null;
  }

  function close() {
    stop();
    list.hidden = true;
    current = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  // Beyond the last option comes the box itself with what was typed.
  function choose(index) {
    options[current]?.setAttribute("aria-selected", "false");
    current = index < 0 || index >= options.length ? -1 : index;
    const option = options[current];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    box.value = option ? option.dataset.text : typed;
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  }

  function option(found, id) {
    const text = element("span", { dir: "auto" });
    // Every second piece is what was typed, in whatever spelling.
    (found.pieces ?? [found.text]).forEach((piece, n) => {
      if (piece) text.append(n % 2 ? element("mark", { textContent: piece }) : piece);
    });
    const made = element("li", { role: "option", id }, text,
      element("span", { textContent: found.count.toLocaleString() }));
    made.dataset.text = found.text;
    made.setAttribute("aria-selected", "false");
    return made;
  }

  function show(found) {
    const kinds = [...new Set(found.map((one) => one.kind))];
    list.replaceChildren(...kinds.map((kind) => {
      const label = element("span", { className: "kind", id: `${list.id}-${kind}`, textContent: box.dataset[kind] ?? kind });
      const group = element("li", { role: "group" }, label, element("ul", { role: "none" },
        ...found.filter((one) => one.kind === kind).map((one, n) => option(one, `${list.id}-${kind}-${n}`))));
      group.setAttribute("aria-labelledby", label.id);
      return group;
    }));
    options = [...list.querySelectorAll("[role=option]")];
    current = -1;
    box.removeAttribute("aria-activedescendant");
    list.hidden = options.length === 0;
    box.setAttribute("aria-expanded", String(options.length > 0));
    status.textContent = options.length ? (box.dataset.found ?? "").replace("{n}", options.length) : "";
  }

  function address() {
    const made = new URL(box.dataset.suggest, location.href);
    const asked = new URLSearchParams({ q: typed.trim(), size: SIZE, pieces: "1" });
    // What is suggested should be found with what is chosen: the field, and the channels.
    const chosen = box.form ? new FormData(box.form) : new FormData();
    for (const name of ["in", "type"]) {
      for (const value of chosen.getAll(name)) if (value && value !== "all") asked.append(name, value);
    }
    made.search = asked;
    return made;
  }

  async function ask() {
    stop();
    const where = address().href;
    if (answers.has(where)) return show(answers.get(where));
    const mine = request = new AbortController();
    try {
      const answer = await fetch(where, { signal: mine.signal });
      if (!answer.ok) return close();
      const found = (await answer.json()).suggestions;
      if (answers.size >= KEPT) answers.clear();
      answers.set(where, found);
      if (request === mine && box.getRootNode().activeElement === box && !composing) show(found);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function changed() {
    typed = box.value;
    stop();
    if (typed.trim()) timer = setTimeout(ask, WAIT);
    else close();
  }

  // While an input method composes, the text is not yet what is meant. Some browsers send the last input
  // before the end of it and some after.
  box.addEventListener("compositionstart", () => { composing = true; stop(); });
  box.addEventListener("compositionend", () => { composing = false; changed(); });
  box.addEventListener("input", (event) => { if (!composing && !event.isComposing) changed(); });

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || composing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" && list.hidden && box.value.trim()) {
      event.preventDefault();
      typed = box.value;
      ask();
    }
    if (list.hidden) return;
    const last = options.length - 1;
    const place = {
      ArrowDown: current === last ? -1 : current + 1,
      ArrowUp: current < 0 ? last : current - 1,
      Home: current < 0 ? undefined : 0,
      End: current < 0 ? undefined : last,
    }[event.key];
    if (place !== undefined) {
      event.preventDefault();
      choose(place);
    } else if (event.key === "Escape") {
      event.preventDefault();
      box.value = typed;
      close();
    } else if (event.key === "Enter" || event.key === "Tab") {
      close();
    }
  });
  box.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (!chosen) return;
    box.value = chosen.dataset.text;
    close();
    box.form.requestSubmit();
  });
}
