// The button that shows a panel's table in place of its chart.
export function offerTable(place) {
  const button = place.closest(".panel").querySelector("[data-table]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const table = place.toggleAttribute("data-as-table");
    button.ariaPressed = String(table);
    button.title = table ? "Show as a chart" : "Show as a table";
  });
}
