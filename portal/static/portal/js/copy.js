// A button that copies the field it names and says so. Without a script the field itself can be selected.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const field = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select(); // where copying is refused, it is ready for the keyboard
    status.textContent = "";
    await navigator.clipboard.writeText(field.value);
    status.textContent = status.dataset.copied;
  });
}
