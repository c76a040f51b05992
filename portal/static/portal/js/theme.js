// Light or dark, chosen by hand: kept in this browser only. Without JavaScript the page follows the system.
const root = document.documentElement;
const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

if (["light", "dark"].includes(stored())) root.dataset.theme = stored();

function addButton() {
  const slot = document.querySelector("[data-theme-slot]");
  if (!slot) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "lnk";
  const name = () => { button.textContent = isDark() ? slot.dataset.light : slot.dataset.dark; };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* the choice lasts for this page */ }
    name();
  });
  name();
  slot.append(button);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", addButton);
else addButton();
