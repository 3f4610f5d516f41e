// A search box on somebody else's page: a web component with styles of its own, which a strict policy of that page
// allows. `portal` is what the server knows of the portal; what can be chosen stands in data-* of the script's tag.
const HERE = document.currentScript;
const NAME = "eread-search";
const sheetOf = (portal) => `
:host { display: block; max-width: 46rem; font: 1rem/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  color: #1e2125; text-align: start; --accent: var(--eread-accent, ${portal.accent}); --on-accent: var(--eread-on-accent, ${portal.onAccent}) }
*, ::before, ::after { box-sizing: border-box }
form { display: flex; flex-wrap: wrap; gap: .4rem; position: relative; margin: 0 }
input, select, button { font: inherit; color: inherit; min-height: 2.75rem; border: 1px solid #8b8677; border-radius: 3px; background: #fff; margin: 0 }
input { flex: 1 1 12rem; min-width: 0; padding: .3rem .7rem }
select { flex: 0 1 auto; max-width: 100%; padding: .3rem .4rem }
button { padding: .3rem 1.1rem; background: var(--accent); border-color: var(--accent); color: var(--on-accent); cursor: pointer }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
.hide { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
[hidden] { display: none !important }
.suggest, .suggest ul { list-style: none; margin: 0; padding: 0 }
.suggest { position: absolute; inset-inline: 0; top: 3rem; z-index: 9; background: #fff; border: 1px solid #8b8677; border-radius: 3px;
  padding-block: .3rem; max-height: 60vh; overflow: auto; box-shadow: 0 14px 34px -18px rgb(0 0 0 / .5) }
.suggest .kind { display: block; padding: .35rem .8rem .1rem; color: #565a60; font-size: .8rem }
.suggest [role=option] { display: flex; gap: 1rem; justify-content: space-between; padding: .5rem .8rem; cursor: pointer }
.suggest [role=option] > span:last-child { color: #565a60; font-size: .85rem }
.suggest [aria-selected=true], .suggest [role=option]:hover { background: #e8edf4 }
mark { background: #fbeec2; color: inherit }
`;

// The portal is where the script came from.
function home(script) {
  return script.src.replace(/\/widget\.js(?:[?#].*)?$/, "");
}

function language(wanted) {
  const said = [wanted, document.documentElement.lang, ...navigator.languages].find((tag) => /^(?:zh|en)\b/i.test(tag ?? ""));
  return /^en/i.test(said ?? "") ? "en" : "zh-CN";
}

function field(type, name, value) {
  return element("input", { type, name, value });
}

class Search extends HTMLElement {
  // Made by a script's tag, or written into the page by hand: then the portal of the first script answers.
  connectedCallback() {
    if (this.shadowRoot) return;
    const { portal, base, options } = this.given ?? { ...Search.first, options: this.dataset };
    const lang = language(options.language);
    const text = (key) => portal.texts[lang][key];
    const codes = (options.channels ?? "").split(/[\s,]+/).filter((code) => portal.channels[code]);
    const scope = options.scope ? options.scope.replace(/^all$/, "") : portal.scope;

    const form = element("form", { action: `${base}/search`, target: options.target ?? "" });
    form.setAttribute("role", "search");
    form.setAttribute("lang", lang);
    form.setAttribute("aria-label", portal.name[lang] || text("box.label"));
    if (scope) form.append(field("hidden", "scope", scope));
    if (options.language) form.append(field("hidden", "lang", lang));
    if (codes.length === 1) form.append(field("hidden", "type", codes[0]));
    if (codes.length > 1) {
      const choice = element("select", { name: "type" }, element("option", { value: "", textContent: text("widget.all_channels") }),
        ...codes.map((code) => element("option", { value: code, textContent: portal.channels[code][lang] })));
      choice.setAttribute("aria-label", text("results.channels"));
      form.append(choice);
    }
    const box = Object.assign(field("search", "q", ""), {
      id: "q", maxLength: 2000, autocomplete: "off", placeholder: options.placeholder || text("box.placeholder"),
    });
    box.setAttribute("dir", "auto");
    box.setAttribute("aria-label", text("box.label"));
    form.append(box, element("button", { textContent: text("box.button") }));
    // Empty fields do not stand in the address.
    form.addEventListener("submit", () => {
      const empty = [...form.elements].filter((e) => e.name && e.value === "");
      for (const e of empty) e.disabled = true;
      setTimeout(() => { for (const e of empty) e.disabled = false; });
    });

    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(sheetOf(portal));
    root.adoptedStyleSheets = [sheet];
    root.append(form);
    if (options.suggestions !== "off") {
      for (const key of ["label", "title", "name", "subject", "journal", "found"]) box.dataset[key] = text(`suggest.${key}`);
      box.dataset.suggest = `${base}/widget/suggest`;
      suggestions(box);
    }
  }
}

function make(given) {
  if (!customElements.get(NAME)) {
    Search.first = given;
    customElements.define(NAME, Search);
  }
  const made = document.createElement(NAME);
  made.given = given;
  HERE.after(made);
}

// Another library of this installation: it says itself what it is called, how it looks and where it searches.
async function elsewhere(library) {
  const base = `${home(HERE).replace(/\/at\/[^/]+$/, "")}/at/${encodeURIComponent(library)}`;
  const answer = await fetch(`${base}/widget/portal`);
  if (!answer.ok) throw new Error(`${NAME}: there is no library ${library}`);
  make({ portal: { ...portal, ...await answer.json() }, base, options: { ...HERE.dataset } });
}

const named = HERE?.dataset.library;
if (named && named !== portal.id) elsewhere(named);
else if (HERE) make({ portal, base: home(HERE), options: { ...HERE.dataset } });
