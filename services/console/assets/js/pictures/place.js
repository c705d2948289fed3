// Whoever comes back to the pictures, from one of them or by the browser's own buttons, is where they were.
import { listOf, take, tiles } from "./walls.js";

const LARGEST = 480; // pictures fetched at once
const PICTURE = /^\/console\/pictures\/[0-9a-f]{32}$/;
const KEY = `place:${location.search}`;

export async function keepPlace(gallery, load) {
  addEventListener("pagehide", () => sessionStorage.setItem(KEY, JSON.stringify(placeIn(gallery))));
  const place = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (!place?.number || !cameBack()) return;
  history.scrollRestoration = "manual"; // the browser would scroll before the pictures are there
  const has = () => tiles(gallery).length;
  while (has() <= place.number && (await load(Math.min(Math.max(place.number - has() + 20, 60), LARGEST))));
  const tile = tiles(gallery).find(({ dataset }) => dataset.id === place.id) ?? tiles(gallery)[place.number];
  if (!tile) return;
  take(listOf(gallery, tile));
  gallery.classList.add("measured"); // the heights of what is out of sight are guesses otherwise
  scrollTo({ top: scrollY + tile.getBoundingClientRect().top - place.top, behavior: "instant" });
  requestAnimationFrame(() => requestAnimationFrame(() => gallery.classList.remove("measured")));
}

// The first picture that is in sight: its id, its number, and how far from the top of the window it is.
function placeIn(gallery) {
  if (scrollY < 50) return null;
  const all = tiles(gallery);
  const number = all.findIndex((tile) => tile.isConnected && tile.getBoundingClientRect().bottom > 100);
  return number < 0 ? null : { id: all[number].dataset.id, number, top: all[number].getBoundingClientRect().top };
}

function cameBack() {
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") return true;
  return URL.canParse(document.referrer) && PICTURE.test(new URL(document.referrer).pathname);
}
