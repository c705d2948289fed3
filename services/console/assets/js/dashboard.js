// The dashboard: its charts are drawn from the tables that the server wrote, which can be seen instead of them. Each is
// drawn when it comes near the window.
import "./parts/side.js";
import "./parts/suggestions.js";
import { draw } from "./dashboard/drawing.js";
import { offerTable } from "./dashboard/switch.js";

const NEAR = "200px";

const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      draw(target);
    }
  },
  { rootMargin: NEAR },
);
function adopt(root) {
  for (const place of root.querySelectorAll("[data-chart]")) {
    offerTable(place);
    seen.observe(place);
  }
}

adopt(document);
document.addEventListener("htmx:load", ({ target }) => {
  if (target !== document.body) adopt(target); // a panel that came later
});
