// What somebody wants to see: boxes around what was recognized (a cookie, as the server chooses the pictures), and sensitive
// pictures.
import { remember, shown } from "../parts/sensitive.js";
import { tiles } from "./walls.js";

const YEAR = 365 * 24 * 3600;
const gallery = document.querySelector("[data-gallery]");
const boxes = document.querySelector("[data-boxes]");
const sensitive = document.querySelector("[data-sensitive]");

const on = (button) => button.getAttribute("aria-pressed") === "true";

function toggles(button, change) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(!on(button)));
    change(on(button));
  });
}

function veil(show) {
  sensitive.setAttribute("aria-pressed", String(show));
  gallery.classList.toggle("show-sensitive", show);
}

if (gallery) {
  toggles(boxes, (drawn) => {
    document.cookie = `onlooker_boxes=${drawn ? "on" : "off"}; path=/console; max-age=${YEAR}; samesite=lax`;
    for (const tile of tiles(gallery)) {
      const image = tile.querySelector("img");
      if (image) [image.src, image.dataset.other] = [image.dataset.other, image.getAttribute("src")];
    }
    document.dispatchEvent(new CustomEvent("boxeschange"));
  });
  veil(shown());
  toggles(sensitive, (show) => {
    remember(show);
    veil(show);
  });
  gallery.addEventListener("click", (event) => {
    const tile = event.target.closest(".reveal")?.closest(".tile");
    tile?.classList.add("revealed");
    tile?.querySelector("a").focus();
  });
}
