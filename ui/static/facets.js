// Facets: the list of all values in a dialog, and two handles under the histogram.
export function facets() {
  for (const link of document.querySelectorAll("a[data-dialog]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link);
    });
  }
  const years = document.querySelector(".years");
  if (years) handles(years);
}

async function open(link) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "facet-title");
  document.body.append(dialog);
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  if (await fill(dialog, link.href)) dialog.showModal();
  else location.assign(link.href);
}

async function fill(dialog, address) {
  const url = new URL(address, location.href);
  url.searchParams.set("fragment", "1");
  try {
    const answer = await fetch(url);
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.querySelector(".facet-all");
    if (!content) return false;
    dialog.replaceChildren(content);
  } catch {
    return false;
  }
  const back = dialog.querySelector(".back a");
  back.addEventListener("click", (event) => { event.preventDefault(); dialog.close(); });
  for (const link of dialog.querySelectorAll("a[data-inside]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); fill(dialog, carry(dialog, link.href)); });
  }
  const find = dialog.querySelector("form.find");
  find.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = new URL(find.action);
    asked.search = new URLSearchParams(new FormData(find));
    fill(dialog, carry(dialog, asked)).then(() => dialog.querySelector("#prefix")?.focus());
  });
  return true;
}

// What was ticked stays ticked while the list changes.
function carry(dialog, address) {
  const url = new URL(address, location.href);
  for (const box of dialog.querySelectorAll(".values input")) {
    url.searchParams.delete(box.name, box.value);
    if (box.checked) url.searchParams.append(box.name, box.value);
  }
  return url;
}

function handles(years) {
  const low = Number(years.dataset.low);
  const high = Number(years.dataset.high);
  if (!(low < high)) return;
  const [from, to] = years.querySelectorAll(".range input");
  const track = document.createElement("div");
  track.className = "handles";
  const make = (field, fallback, label) => {
    const handle = document.createElement("input");
    handle.type = "range";
    handle.min = low;
    handle.max = high;
    handle.value = field.value || fallback;
    handle.setAttribute("aria-label", label);
    track.append(handle);
    return handle;
  };
  const left = make(from, low, years.dataset.from);
  const right = make(to, high, years.dataset.to);
  years.querySelector(".axis").before(track);
  const paint = () => {
    for (const bar of years.querySelectorAll("svg a")) {
      const [first, last] = bar.dataset.years.split(",").map(Number);
      bar.classList.toggle("in", last >= Number(left.value) && first <= Number(right.value));
    }
  };
  left.addEventListener("input", () => {
    if (Number(left.value) > Number(right.value)) left.value = right.value;
    from.value = Number(left.value) === low ? "" : left.value;
    paint();
  });
  right.addEventListener("input", () => {
    if (Number(right.value) < Number(left.value)) right.value = left.value;
    to.value = Number(right.value) === high ? "" : right.value;
    paint();
  });
  for (const handle of [left, right]) handle.addEventListener("change", () => from.form.requestSubmit());
}
