// Ways to what a page of another system cites, by one line in that page:
//   <script src="https://…/resolver/embed.js" data-library="pku" async></script>
// Needs no inline style or script and writes no HTML, so it works under a strict policy of the host page.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || !window.customElements || customElements.get("e-read-ways")) return;
  const given = script.dataset;
  const base = new URL(given.library ? `/at/${encodeURIComponent(given.library)}/resolver/` : ".", script.src);
  const lang = /^zh/i.test(given.lang || document.documentElement.lang || navigator.language) ? "zh-CN" : "en";
  const AT_ONCE = 25; // links in one call
  const MOST = 200; // places on one page

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; font: inherit; color: inherit; line-height: 1.5 }
    section { margin: .35em 0; max-width: 46rem }
    .title { font-weight: 600; margin: 0 0 .25em }
    ul { list-style: none; margin: 0; padding: 0 }
    li { margin: .25em 0; overflow-wrap: anywhere }
    a { color: var(--e-read-accent, LinkText); text-underline-offset: .15em }
    a:focus-visible, summary:focus-visible { outline: 2px solid currentColor; outline-offset: 2px }
    small { font-size: .875em; opacity: .85 }
    .kind { font-weight: 600; margin: .6em 0 .1em }
    summary { cursor: pointer; width: max-content; max-width: 100% }
    summary, a { display: inline-block; padding: .15em 0 }
    @media (pointer: coarse) { summary, a { min-height: 44px; padding: .5em 0; box-sizing: border-box } }
  `);

  const element = (name, text = "", attributes = {}) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // Numbers that only look like an ISBN or ISSN are left alone.
  const isbn = (text) => {
    const n = text.replace(/[^0-9Xx]/g, "").toUpperCase();
    const sum = (weight) => [...n].reduce((s, c, i) => s + (c === "X" ? 10 : Number(c)) * weight(i), 0);
    if (/^97[89]\d{10}$/.test(n)) return sum((i) => (i % 2 ? 3 : 1)) % 10 === 0 ? n : "";
    return /^\d{9}[\dX]$/.test(n) && sum((i) => 10 - i) % 11 === 0 ? n : "";
  };
  const issn = (text) => {
    const n = text.replace(/[^0-9Xx]/g, "").toUpperCase();
    if (!/^\d{7}[\dX]$/.test(n)) return "";
    const sum = [...n].reduce((s, c, i) => s + (c === "X" ? 10 : Number(c)) * (8 - i), 0);
    return sum % 11 === 0 ? `${n.slice(0, 4)}-${n.slice(4)}` : "";
  };
  const doi = (text) => (text.match(/10\.\d{4,9}\/[^\s"']+/) || [""])[0].replace(/[.,;:)\]}>]+$/, "");

  const linkOf = (said) => {
    if (said.openurl) return said.openurl;
    const link = new URLSearchParams();
    if (said.doi && doi(said.doi)) link.append("rft_id", `info:doi/${doi(said.doi)}`);
    if (said.isbn && isbn(said.isbn)) link.append("rft.isbn", isbn(said.isbn));
    if (said.issn && issn(said.issn)) link.append("rft.issn", issn(said.issn));
    if (said.isbn && !said.issn) link.append("rft_val_fmt", "info:ofi/fmt:kev:mtx:book");
    const told = [...link.keys()].some((key) => key !== "rft_val_fmt");
    if (told && said.title) link.append(said.isbn ? "rft.btitle" : "rft.title", said.title);
    return told ? link.toString() : "";
  };
  // What a piece of a page says in words: "ISBN 978…", "ISSN: …", a DOI.
  const linkIn = (text) => {
    const named = (pattern, check) => {
      for (const found of text.matchAll(pattern)) if (check(found[1])) return check(found[1]);
      return "";
    };
    return linkOf({
      doi: doi(text),
      // A number of 13 digits whose check digit is right needs no name beside it.
      isbn: named(/ISBN(?:-1[03])?[\s:：]*((?:97[89][\s-]?)?\d[\d\s-]{7,14}[\dXx])/gi, isbn)
        || named(/(?<![\d-])(97[89](?:-?\d){10})(?![\d-])/g, isbn),
      issn: named(/ISSN(?:-L)?[\s:：]*(\d{4}[\s-]?\d{3}[\dXx])/gi, issn),
    });
  };

  const waiting = new Map(); // link → elements that show it
  let timer = 0;

  class Ways extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      const link = this.getAttribute("openurl") || linkOf({
        isbn: this.getAttribute("isbn"), issn: this.getAttribute("issn"), doi: this.getAttribute("doi"),
        title: this.getAttribute("title"),
      });
      if (link) ask(link, this);
    }

    show(found, texts) {
      const panel = element("section", "", { "aria-label": texts.title, lang });
      if (!found.answers.length) return this.shadowRoot.replaceChildren();
      const [best, ...rest] = found.answers;
      const list = element("ul");
      list.append(this.line(best));
      panel.append(element("p", texts.title, { class: "title" }), list);
      const more = element("details");
      more.append(element("summary", `${texts.more} (${rest.length})`));
      let kind = "", group = null;
      for (const answer of rest) {
        if (answer.type !== kind) {
          kind = answer.type;
          group = element("ul", "", { "aria-label": answer.section });
          more.append(element("p", answer.section, { class: "kind", "aria-hidden": "true" }), group);
        }
        group.append(this.line(answer));
      }
      const menu = element("p");
      menu.append(element("a", texts.menu, { href: found.menu, rel: "noopener external" }));
      more.append(menu);
      if (rest.length) panel.append(more);
      else panel.append(menu);
      // Whoever has opened the list, or stands in it, finds it as he left it.
      const before = this.shadowRoot.querySelector("details");
      if (before && before.open) more.open = true;
      const held = this.shadowRoot.activeElement && this.shadowRoot.activeElement.textContent;
      this.shadowRoot.replaceChildren(panel);
      if (held) for (const e of panel.querySelectorAll("a, summary")) if (e.textContent === held) { e.focus(); break; }
    }

    line(answer) {
      const item = element("li");
      const href = answer.go || answer.url;
      if (/^(?:https?|mailto):/i.test(href)) item.append(element("a", answer.label, { href, rel: "noopener noreferrer external" }));
      else item.append(element("b", answer.label));
      const notes = [answer.reason, answer.coverage, ...answer.marks].filter(Boolean).join(" · ");
      item.append(" ", element("small", notes));
      return item;
    }
  }

  const ask = (link, shown) => {
    if (!waiting.has(link)) waiting.set(link, []);
    waiting.get(link).push(shown);
    timer = timer || setTimeout(send, 30);
  };

  const send = async () => {
    timer = 0;
    const links = [...waiting.keys()].slice(0, AT_ONCE);
    const shown = links.map((link) => waiting.get(link));
    for (const link of links) waiting.delete(link);
    if (waiting.size) timer = setTimeout(send, 0);
    try {
      // A text is no reason for the browser to ask beforehand whether it may ask.
      const answer = await fetch(new URL(`api/batch?lang=${lang}`, base), {
        method: "POST", body: JSON.stringify({ links }), credentials: "omit", referrerPolicy: "origin",
      });
      if (!answer.ok) return;
      const { results, texts } = await answer.json();
      results.forEach((found, n) => {
        for (const one of shown[n]) one.show(found, texts);
        if (found.pending.length && links.length <= 3) more(links[n], shown[n], found, texts);
      });
    } catch {
      // The page is as it was without us.
    }
  };

  // Services elsewhere that take their time are waited for once the page is there.
  const more = async (link, shown, found, texts) => {
    try {
      const answer = await fetch(new URL(`api/resolve?${link}&lang=${lang}&wait=4`, base), { credentials: "omit", referrerPolicy: "origin" });
      if (!answer.ok) return;
      const { answers } = await answer.json();
      for (const one of shown) one.show({ ...found, answers }, texts);
    } catch {
      // What is shown stays.
    }
  };

  customElements.define("e-read-ways", Ways);

  let placed = 0;
  const place = (link, where, how) => {
    if (!link || !where || placed >= MOST) return;
    placed += 1;
    where[how](element("e-read-ways", "", { openurl: link }));
  };
  const seen = new WeakSet();
  const look = () => {
    const target = given.target ? document.querySelector(given.target) : null;
    const own = linkOf(given);
    if (own) {
      if (!seen.has(script)) {
        seen.add(script);
        if (target) place(own, target, "append");
        else if (script.closest("body")) place(own, script, "after");
        else place(own, document.body, "append");
      }
      return;
    }
    for (const item of given.list ? document.querySelectorAll(given.list) : []) {
      if (seen.has(item)) continue;
      seen.add(item);
      const span = item.querySelector("span.Z3988[title]");
      if (span) seen.add(span);
      const slot = given.slot ? item.querySelector(given.slot) : null;
      place(span ? span.title : linkIn(item.textContent), slot || item, "append");
    }
    if (given.list) return;
    const spans = document.querySelectorAll("span.Z3988[title]");
    for (const span of spans) {
      if (seen.has(span)) continue;
      seen.add(span);
      if (target && spans.length === 1) place(span.title, target, "append");
      else place(span.title, span, "after");
    }
    // A page of the host may say it in attributes: <li data-isbn="…">.
    const named = [...document.querySelectorAll("[data-isbn], [data-issn], [data-doi]")].filter((e) => e !== script);
    for (const item of named) {
      if (seen.has(item)) continue;
      seen.add(item);
      place(linkOf(item.dataset), item, /^(?:LI|TD|DD|DIV|ARTICLE|SECTION)$/.test(item.tagName) ? "append" : "after");
    }
    if (named.length || spans.length || seen.has(document.body) || document.querySelector("e-read-ways")) return;
    const meta = (name) => { const e = document.querySelector(`meta[name="${name}" i]`); return e ? e.content : ""; };
    const main = document.querySelector("main") || document.body;
    const items = listed(main);
    if (items.length > ONE_THING) {
      for (const [link, item] of items) {
        seen.add(item);
        place(link, item, "append");
      }
      return;
    }
    const link = linkOf({ doi: meta("citation_doi"), isbn: meta("citation_isbn"), issn: meta("citation_issn"), title: meta("citation_title") })
      || linkIn(main.innerText.slice(0, 100000));
    if (!link) return;
    seen.add(document.body);
    if (target) place(link, target, "append");
    else if (script.closest("body")) place(link, script, "after");
    else place(link, main, "append");
  };
  // A list says many different numbers, each in a piece of its own; a page about one thing has few.
  const ONE_THING = 3;
  const listed = (root) => {
    const found = new Map();
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let n = 0; n < 20000 && texts.nextNode(); n += 1) {
      const text = texts.currentNode.data;
      const item = texts.currentNode.parentElement?.closest("li, article, td, dd, p, div");
      if (text.length < 8 || !item || seen.has(item) || texts.currentNode.parentElement.closest("script, style")) continue;
      const link = linkIn(text);
      if (link && !found.has(link)) found.set(link, item);
    }
    return [...found];
  };
  const start = () => {
    look();
    let soon = 0;
    new MutationObserver(() => { soon = soon || setTimeout(() => { soon = 0; look(); }, 200); })
      .observe(document.body, { childList: true, subtree: true });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
