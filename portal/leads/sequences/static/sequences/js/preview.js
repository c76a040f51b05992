// The preview follows the typing. Without this script the button shows the same.
const WAIT = 500; // milliseconds after the last key
const form = document.querySelector("form[data-preview]");
const place = form?.querySelector("[data-previews]");
let timer = 0;
let asked = 0;

async function show() {
  const mine = ++asked;
  const data = new FormData(form);
  data.append("fragment", "1");
  const answer = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
  if (!answer?.ok || mine !== asked || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...page.body.childNodes);
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, WAIT);
});
