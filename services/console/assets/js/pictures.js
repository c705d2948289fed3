// The gallery's page.
import "./parts/suggestions.js";
import "./pictures/choices.js";
import "./parts/side.js";
import { arrows } from "./pictures/arrows.js";
import { nameDays } from "./pictures/days.js";
import { endless } from "./pictures/endless.js";
import { live } from "./pictures/live.js";
import { keepPlace } from "./pictures/place.js";

const gallery = document.querySelector("[data-gallery]");
if (gallery) {
  nameDays(gallery);
  arrows(gallery);
  const load = endless(gallery, document.querySelector(".more"));
  keepPlace(gallery, load);
  if ("live" in gallery.dataset) live(gallery);
}
