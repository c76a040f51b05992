// The button of a choice says what was chosen, in the words of its form: day of the fieldset, clock of the radio.
const form = document.querySelector("form[data-choice]");
const words = form?.querySelector("[data-choice-words]");

function say() {
  const chosen = form.querySelector("input[name=start]:checked");
  if (!chosen) return;
  form.querySelectorAll(".error-summary, .days-error").forEach((error) => error.remove()); // it is right now
  const clock = chosen.nextElementSibling.firstChild.data.trim();
  words.textContent = form.dataset.choice.replace("…", `${chosen.closest("[data-day]").dataset.day}, ${clock}`);
}

if (words) {
  form.addEventListener("change", say);
  // Whoever goes back finds the radio as it was left: the button agrees, and the radio is seen.
  addEventListener("pageshow", () => {
    say();
    form.querySelector("details:has(:checked)")?.setAttribute("open", "");
  });
}
