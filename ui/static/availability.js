// What can be had now: asked once for a page, when the first line that wants to know comes into sight.
// Without script each mark is a link to a page that says the same.
const MOST = 50; // records that one question may ask for
const LATER = 3000; // milliseconds until those are asked again whose systems had not answered

const show = (mark, record, again) => {
  mark.removeAttribute("aria-busy");
  for (const held of record.libraries) {
    const place = document.querySelector(`[data-library="${CSS.escape(held.library)}"]`);
    const failed = held.error && !["not-found", "not-asked"].includes(held.error);
    if (!mark.dataset.detail || !place || !(held.live || failed)) continue;
    let line = place.querySelector(".now");
    if (!line) {
      line = document.createElement("p");
      line.className = "now";
      place.querySelector("b").after(line);
    }
    line.dataset.status = held.status;
    const status = document.createElement("b");
    status.textContent = held.live ? held.text : "";
    const when = document.createElement("small");
    when.textContent = held.live ? held.as_of_text : mark.dataset.failed;
    line.replaceChildren(status, " ", when);
  }
  if (record.text) {
    mark.textContent = record.text;
    mark.dataset.status = record.status;
  } else if (!record.pending && !mark.dataset.detail) {
    // Nothing is known beyond what the line says already.
    mark.hidden = true;
  }
  return record.pending && again;
};

const ask = async (marks, again) => {
  const url = new URL(marks[0].href);
  url.pathname = url.pathname.replace(/\/record\/[^/]*\/availability$/, "/api/v1/availability");
  const lang = url.searchParams.get("lang");
  url.search = "";
  if (lang) url.searchParams.set("lang", lang);
  for (const mark of marks) url.searchParams.append("id", mark.dataset.availability);
  for (const mark of marks) mark.setAttribute("aria-busy", "true");
  let records = [];
  try {
    const answer = await fetch(url, { headers: { accept: "application/json" } });
    if (answer.ok) ({ records } = await answer.json());
  } catch { /* The links stay as they are. */ }
  const known = new Map(records.map((record) => [record.id, record]));
  const pending = [];
  for (const mark of marks) {
    const record = known.get(mark.dataset.availability);
    if (record && show(mark, record, again)) pending.push(mark);
    else mark.removeAttribute("aria-busy");
  }
  if (pending.length) setTimeout(() => ask(pending, false), LATER);
};

export const availability = (root = document) => {
  const marks = [...root.querySelectorAll("a[data-availability]")];
  for (let start = 0; start < marks.length; start += MOST) {
    const part = marks.slice(start, start + MOST);
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      ask(part, true);
    }, { rootMargin: "200px" });
    for (const mark of part) watcher.observe(mark);
  }
};
