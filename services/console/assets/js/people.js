// Everybody: how many are chosen, and that it takes two.
const form = document.querySelector(".merging");
const words = form?.querySelector("[data-chosen]");
const many = () => document.querySelectorAll(".person-pick :checked").length;

function tell() {
  const chosen = many();
  words.textContent = chosen === 1 ? "1 person is chosen; choose whom they are the same as" : `${chosen} people are chosen`;
  form.querySelector(".primary").disabled = chosen < 2;
}

if (form) {
  document.addEventListener("change", (event) => event.target.closest(".person-pick") && tell());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !many() || event.target.matches("input:not([type=checkbox])")) return;
    form.reset();
  });
  tell(); // the browser may have kept what was chosen
}
