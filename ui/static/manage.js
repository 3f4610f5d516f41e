// A page of work in progress asks for itself again and shows what is new, without moving whoever reads it.
const main = document.querySelector("[data-refresh]");

async function again(seconds) {
  try {
    // Where it leads elsewhere, the browser goes there itself: what is said there is said once.
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") { location.reload(); return; }
    if (!answer.ok) { setTimeout(again, seconds * 4000, seconds); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("main");
    for (const part of fresh?.querySelectorAll("[data-live]") ?? []) {
      const here = document.getElementById(part.id);
      if (here && here.innerHTML !== part.innerHTML) here.innerHTML = part.innerHTML;
    }
    if (fresh?.dataset.refresh) setTimeout(again, fresh.dataset.refresh * 1000, Number(fresh.dataset.refresh));
    else location.reload();
  } catch { setTimeout(again, seconds * 4000, seconds); }
}

if (main) setTimeout(again, main.dataset.refresh * 1000, Number(main.dataset.refresh));
