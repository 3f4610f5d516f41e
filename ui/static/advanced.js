// The form of advanced search: its buttons work in place, and it says while you type how it is understood.
// The server does both; without script the same buttons load the page again.
const form = document.getElementById("advanced");
let latest = 0;

async function fetched(done) {
  const number = ++latest;
  const asked = new URLSearchParams(new FormData(form));
  if (done) asked.set("do", done);
  const answer = await fetch(`${form.getAttribute("action")}?${asked}`, { headers: { accept: "text/html" } });
  if (!answer.ok || number !== latest) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function echo() {
  const page = await fetched("").catch(() => null);
  const told = page?.getElementById("echo");
  if (told) document.getElementById("echo").replaceChildren(...told.childNodes);
}

// What is open of the limits stays open when the form is made again.
async function rebuild(done) {
  const page = await fetched(done).catch(() => null);
  const made = page?.getElementById("advanced");
  if (!made) return false;
  const open = [...form.querySelectorAll("details")].map((d) => d.open);
  form.replaceChildren(...made.childNodes);
  form.querySelectorAll("details").forEach((d, n) => { d.open = open[n] ?? d.open; });
  const group = done.match(/^(?:row|drop)(\d+)/)?.[1];
  const texts = form.querySelectorAll(group ? `input[name^="text${group}."]` : 'input[name^="text"]');
  texts[texts.length - 1]?.focus();
  return true;
}

form?.addEventListener("click", async (event) => {
  const button = event.target.closest('button[name="do"]');
  if (!button || button.value === "search") return;
  event.preventDefault();
  if (!(await rebuild(button.value))) form.requestSubmit(button);
});

let waiting;
form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(echo, 350);
});
