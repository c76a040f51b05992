// Light or dark, chosen by hand: kept in this browser only. Without JavaScript the page follows the system.
// Deferred, so that nothing waits for it: a choice can only be kept where this file is in the cache already, and from
// there it runs as soon as the sheet is in, before the first paint.
const root = document.documentElement;
const slot = document.querySelector("[data-theme-slot]");
const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
const system = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
const isDark = () => (root.dataset.theme ?? system()) === "dark";

function addButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  const name = () => { button.textContent = isDark() ? slot.dataset.light : slot.dataset.dark; };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* the choice lasts for this page */ }
    name();
  });
  name();
  const item = document.createElement("li");
  item.append(button);
  slot.append(item);
}

if (["light", "dark"].includes(stored())) root.dataset.theme = stored();
if (slot) addButton();
