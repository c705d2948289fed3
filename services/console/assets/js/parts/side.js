// The filters at the side stay as they were while a search is narrowed: what is unfolded, and how far it is scrolled. Menus
// close when one clicks elsewhere.
const KEY = "filters";
const side = document.getElementById("filters");

if (side) {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
  const facets = [...side.querySelectorAll("[data-facet]")];
  for (const facet of facets) {
    const on = facet.querySelector("[aria-current]");
    if (!on && facet.dataset.facet in (kept.open ?? {})) facet.open = kept.open[facet.dataset.facet];
  }
  side.scrollTop = kept.top ?? 0;
  addEventListener("pagehide", () => {
    const open = Object.fromEntries(facets.map((facet) => [facet.dataset.facet, facet.open]));
    sessionStorage.setItem(KEY, JSON.stringify({ open: { ...kept.open, ...open }, top: side.scrollTop }));
  });
}

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
