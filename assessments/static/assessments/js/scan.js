// On a scan page the keys 1 to 5 answer the statement that has the focus, and 0 says it did not come up.
const form = document.querySelector("[data-scan]");
const status = form?.querySelector("[data-chosen]");

for (const hint of document.querySelectorAll("[data-keys-hint]")) {
  hint.hidden = !form;
  form?.querySelector("fieldset")?.setAttribute("aria-describedby", hint.id); // said once, at the first statement
}

form?.addEventListener("keydown", (event) => {
  if (!/^[0-5]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  const value = event.key === "0" ? "na" : event.key;
  const choice = event.target.closest("fieldset")?.querySelector(`input[value="${value}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  choice.focus();
  status.textContent = status.dataset.chosen.replace("§", choice.parentElement.textContent.trim());
});
