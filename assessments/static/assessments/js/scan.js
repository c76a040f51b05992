// On a scan page the keys 1 to 5 answer the statement that has the focus and move on to the next one.
const form = document.querySelector("[data-scan]");

form?.addEventListener("keydown", (event) => {
  if (!/^[1-5]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  const group = event.target.closest("fieldset");
  const choice = group?.querySelector(`input[value="${event.key}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  const groups = [...form.querySelectorAll("fieldset")];
  const next = groups[groups.indexOf(group) + 1];
  const radio = next?.querySelector("input:checked") ?? next?.querySelector("input");
  (radio ?? form.querySelector(".scan-end button")).focus();
});
