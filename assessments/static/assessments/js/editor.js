// The page of the site follows the typing. Without this script the button shows the same.
const WAIT = 600; // milliseconds after the last key
const form = document.querySelector("form[data-editor]");
const button = form?.querySelector("[data-show]");
const frame = form?.querySelector("iframe");
let timer = 0;
let asked = 0;

async function show() {
  const mine = ++asked;
  const top = frame.contentWindow.scrollY;
  const answer = await fetch(button.formAction, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer || mine !== asked || answer.redirected || ![200, 422].includes(answer.status)) return;
  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, top), { once: true });
  frame.srcdoc = await answer.text();
}

if (form) {
  button.hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, WAIT);
  });
}
