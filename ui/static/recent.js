// Recent searches, kept in this browser only. A result page adds itself, /searches lists them.
const KEY = "ereader.searches";
const MOST = 30;

function read() {
  try {
    const held = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(held) ? held.filter((s) => typeof s?.at === "string" && s.at.startsWith("/") && !s.at.startsWith("//")) : [];
  } catch {
    return [];
  }
}

function write(searches) {
  try {
    if (searches.length) localStorage.setItem(KEY, JSON.stringify(searches.slice(0, MOST)));
    else localStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing has no recent searches.
  }
}

const saved = document.getElementById("saved");
if (saved) {
  const address = new URL(document.getElementById("this").href);
  // Only a search with words or limits is worth coming back to.
  if (address.search) {
    const at = address.pathname + address.search;
    const count = document.querySelector(".count h1")?.firstChild?.textContent.trim() ?? "";
    const entry = { at, label: saved.dataset.label.slice(0, 300), count };
    write([entry, ...read().filter((s) => s.at !== at)]);
  }
}

const section = document.getElementById("recent");
if (section) {
  const list = section.querySelector("ul");
  const clear = section.querySelector(".clear");
  const show = () => {
    const searches = read();
    list.replaceChildren(...searches.map(line));
    section.querySelector(".none").hidden = searches.length > 0;
    clear.hidden = searches.length === 0;
  };
  const line = (search) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = search.at;
    link.dir = "auto";
    link.textContent = search.label || search.at;
    const count = document.createElement("small");
    count.className = "soft";
    count.textContent = search.count ?? "";
    const feed = document.createElement("a");
    feed.href = search.at.replace("/search?", "/search.atom?");
    feed.textContent = section.dataset.feed;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = section.dataset.remove;
    remove.setAttribute("aria-label", `${section.dataset.remove} ${link.textContent}`);
    remove.addEventListener("click", () => {
      write(read().filter((s) => s.at !== search.at));
      show();
      (list.querySelector("button") ?? section.querySelector(".none")).focus?.();
    });
    item.append(link, " ", count, " ", feed, " ", remove);
    return item;
  };
  clear.addEventListener("click", () => { write([]); show(); });
  section.hidden = false;
  show();
}
