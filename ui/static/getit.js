// "Get it" opens the ways to a hit where it stands; without script the same link leads to their page.
const opened = new WeakMap();

const piece = async (address, wait) => {
  const url = new URL(address, location.href);
  url.pathname = url.pathname.replace(/\/resolver$/, "/resolver/section");
  url.searchParams.set("wait", wait);
  const answer = await fetch(url, { headers: { accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.statusText);
  // Our own page, printed by our own templates; nothing in it can run under the policy of this page.
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
};

const fill = (panel, body) => {
  panel.replaceChildren(...body.childNodes);
  return panel.querySelector("[data-pending]") !== null;
};

const sheet = () => {
  // The result list does not carry the styles of the panel until one is opened.
  const href = new URL("more.css", import.meta.url).href;
  if ([...document.styleSheets].some((s) => s.href === href)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  document.head.append(link);
};

const open = async (link) => {
  sheet();
  const panel = document.createElement("div");
  panel.className = "ways-here";
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-label", link.textContent.trim());
  panel.setAttribute("aria-busy", "true");
  panel.tabIndex = -1;
  opened.set(link, panel);
  (link.closest("p") ?? link).after(panel);
  link.setAttribute("aria-expanded", "true");
  try {
    const pending = fill(panel, await piece(link.href, "0"));
    panel.removeAttribute("aria-busy");
    panel.focus({ preventScroll: true });
    if (pending) fill(panel, await piece(link.href, "4"));
  } catch {
    if (!panel.childElementCount) location.assign(link.href);
  }
};

export const ways = () => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-ways]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const panel = opened.get(link);
    if (!panel) {
      open(link);
      return;
    }
    panel.hidden = !panel.hidden;
    link.setAttribute("aria-expanded", String(!panel.hidden));
  });
};
