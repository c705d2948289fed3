// From picture to picture with the arrow keys, in reading order and from row to row.
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
const ROWS = { ArrowDown: 1, ArrowUp: -1 };

export function arrows(gallery) {
  gallery.addEventListener("keydown", (event) => {
    const tile = event.target.closest(".tile");
    if (!tile || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const all = [...gallery.querySelectorAll(".tile")];
    const wanted = event.key in STEPS ? all[all.indexOf(tile) + STEPS[event.key]] : event.key in ROWS ? beyond(all, tile, ROWS[event.key]) : undefined;
    if (!wanted) return;
    event.preventDefault();
    wanted.querySelector("a").focus();
  });
}

// The tile of the next row, or the one before, that is nearest to straight below or above.
function beyond(all, tile, direction) {
  const here = tile.getBoundingClientRect();
  const middle = here.left + here.width / 2;
  let best, row;
  for (let at = all.indexOf(tile) + direction; at >= 0 && at < all.length; at += direction) {
    const { top, left, width } = all[at].getBoundingClientRect();
    if (Math.abs(top - here.top) < 2) continue;
    row ??= top;
    if (Math.abs(top - row) > 2) break;
    const distance = Math.abs(left + width / 2 - middle);
    if (!best || distance < best.distance) best = { tile: all[at], distance };
  }
  return best?.tile;
}
