// A gallery is days, a day is lists of tiles. Lists far out of sight give their tiles up, and take them back when they come
// near, so that a page scrolled through tens of thousands of pictures stays light.
const NEAR = "4000px 0px";
const held = new WeakMap(); // from a list to the tiles that are not in it just now

const observer = new IntersectionObserver((entries) => {
  for (const { target: list, isIntersecting } of entries) {
    if (isIntersecting) take(list);
    else give(list);
  }
}, { rootMargin: NEAR });

export const watch = (list) => observer.observe(list);
export const lists = (gallery) => [...gallery.querySelectorAll(".tiles")];
export const tilesOf = (list) => held.get(list) ?? [...list.children];
export const tiles = (gallery) => lists(gallery).flatMap(tilesOf);
export const listOf = (gallery, tile) => lists(gallery).find((list) => tilesOf(list).includes(tile));

function give(list) {
  if (held.has(list) || !list.isConnected || !list.childElementCount || list.contains(document.activeElement)) return;
  list.style.height = `${list.offsetHeight}px`;
  held.set(list, [...list.children]);
  list.replaceChildren();
}

// Puts a list's tiles back into it.
export function take(list) {
  const tiles = held.get(list);
  if (!tiles) return;
  held.delete(list);
  list.style.height = "";
  list.append(...tiles);
}
