// Show only the fields that belong to the chosen kind of place. What was typed in the others stays, and a field with an
// error is always seen.
const fields = [...document.querySelectorAll("[data-for-places]")];
const choices = [...document.querySelectorAll("input[name=location_kind]")];

function show() {
  const chosen = choices.find((choice) => choice.checked)?.value;
  for (const field of fields) {
    const row = field.closest(".form-row");
    const belongs = field.dataset.forPlaces.split(" ").includes(chosen);
    row.hidden = !belongs && !row.querySelector(".errorlist");
  }
}

for (const choice of choices) choice.addEventListener("change", show);
if (choices.length) show();
