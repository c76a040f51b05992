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

// Show the times by the clock of this device, once, when nobody chose a zone. Without JavaScript there is a page to
// choose one.
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (form?.dataset.zone && here?.includes("/") && here !== form.dataset.zone) {
  const address = new URL(location.href);
  if (!address.searchParams.has("zone")) {
    address.searchParams.set("zone", here);
    location.replace(address);
  }
}
