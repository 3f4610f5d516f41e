// Suggestions under the box: a combobox as the ARIA practices describe it.
export function suggestions(box) {
  const list = document.createElement("ul");
  list.className = "suggest";
  list.id = "suggestions";
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", box.labels[0]?.textContent ?? "");
  box.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    box.setAttribute(name, value);
  }
  let typed = box.value;
  let current = -1;
  let timer = 0;
  let request = null;

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    current = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    const options = list.children;
    options[current]?.setAttribute("aria-selected", "false");
    current = (index + options.length + 1) % (options.length + 1);
    if (current === options.length) current = -1;
    const option = options[current];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    box.value = option ? option.dataset.text : typed;
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    list.replaceChildren(...found.map((s, i) => {
      const option = document.createElement("li");
      option.role = "option";
      option.id = `suggestion-${i}`;
      option.dataset.text = s.text;
      option.setAttribute("aria-selected", "false");
      const text = document.createElement("span");
      text.textContent = s.text;
      text.dir = "auto";
      const count = document.createElement("span");
      count.textContent = s.count.toLocaleString();
      option.append(text, count);
      return option;
    }));
    current = -1;
    list.hidden = found.length === 0;
    box.setAttribute("aria-expanded", String(found.length > 0));
  }

  async function ask() {
    request?.abort();
    request = new AbortController();
    const address = new URL(box.dataset.suggest, location.href);
    address.search = new URLSearchParams({ q: typed, size: "8" });
    try {
      const answer = await fetch(address, { signal: request.signal });
      if (answer.ok && document.activeElement === box) {
        const seen = new Set();
        show((await answer.json()).suggestions.filter((s) => !seen.has(s.text) && seen.add(s.text)));
      }
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  box.addEventListener("input", (event) => {
    typed = box.value;
    clearTimeout(timer);
    // While an input method composes, the text is not yet what is meant.
    if (event.isComposing) return;
    if (typed.trim().length === 0) close();
    else timer = setTimeout(ask, 120);
  });
  box.addEventListener("compositionend", () => { typed = box.value; timer = setTimeout(ask, 120); });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); box.value = typed; close(); }
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(current + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); choose(current < 0 ? list.children.length - 1 : current - 1); }
  });
  box.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (!option) return;
    box.value = option.dataset.text;
    close();
    box.form.requestSubmit();
  });
}
