// The filters at the side stay as they were while a search is narrowed: what is unfolded, and how far it is scrolled. They
// are counted anew when pictures come or go. Menus close when one clicks elsewhere.
import { parsed, request } from "./requests.js";

const KEY = "filters";
const REST = 4000; // milliseconds between a change and counting anew, which is some work for the server
const side = document.getElementById("filters");

const facets = () => [...side.querySelectorAll("[data-facet]")];
const unfolded = () => Object.fromEntries(facets().map((facet) => [facet.dataset.facet, facet.open]));

function unfold(open) {
  for (const facet of facets()) {
    const on = facet.querySelector("[aria-current]");
    if (!on && facet.dataset.facet in open) facet.open = open[facet.dataset.facet];
  }
}

if (side) {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
  unfold(kept.open ?? {});
  side.scrollTop = kept.top ?? 0;
  addEventListener("pagehide", () => {
    sessionStorage.setItem(KEY, JSON.stringify({ open: { ...kept.open, ...unfolded() }, top: side.scrollTop }));
  });
}

let timer;
document.addEventListener("pictureschange", ({ detail: query }) => {
  if (side) timer ??= setTimeout(() => count(query).finally(() => (timer = undefined)), REST);
});

async function count(query) {
  const answer = await request(`/console/pictures/facets?${query}`).catch(() => null); // those that are there do for now
  if (!answer || side.contains(document.activeElement)) return; // nobody loses the place that the keyboard is at
  const page = parsed(await answer.text());
  const open = unfolded();
  side.querySelector("[data-facets]").replaceChildren(...page.body.childNodes);
  unfold(open);
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
