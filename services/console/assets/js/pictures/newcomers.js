// Where new pictures go: to their place among the others, if somebody is at the top and they are few; else a button says how
// many there are. What looks different takes the place of what was there, what is gone goes.
import { parsed } from "../parts/requests.js";
import { LETTERS, newDay } from "./days.js";
import { listOf, take, tiles, tilesOf, watch } from "./walls.js";

const FEW = 8;
const TOP = 120; // pixels scrolled, up to which somebody is at the top
const MANY = 40; // as many as are looked at on the server: there may be more

export function newcomers(gallery) {
  const button = gallery.querySelector(".newcomers");
  const count = document.querySelector("[data-count]");
  const announced = document.querySelector("[data-announce]");
  const waiting = new Map(); // by id, newest first
  const sorted = gallery.dataset.order === "newest";
  let overflow = false;

  function counted(change) {
    document.dispatchEvent(new CustomEvent("pictureschange", { detail: gallery.dataset.query }));
    if (!count) return;
    count.dataset.count = Math.max(Number(count.dataset.count) + change, 0);
    count.textContent = Number(count.dataset.count).toLocaleString("en").replaceAll(",", "\u202f");
  }
  function words() {
    const many = `${waiting.size}${overflow ? " or more" : ""}`;
    return waiting.size === 1 && !overflow ? "1 new picture" : `${many} new pictures`;
  }
  function arrange() {
    for (const [id, tile] of [...waiting].reverse()) {
      waiting.delete(id);
      if (!insert(gallery, tile)) continue;
      tile.classList.add("arriving");
    }
    button.hidden = true;
  }
  function settle() {
    if (!waiting.size) return void (button.hidden = true);
    announced.textContent = words();
    const empty = !gallery.querySelector(".tile");
    if (empty) return location.reload(); // there is no gallery yet, but a word that there is nothing
    if (sorted && !overflow && scrollY < TOP && waiting.size <= FEW) return arrange();
    button.textContent = words();
    button.hidden = false;
  }

  button.addEventListener("click", () => {
    scrollTo({ top: 0 });
    if (sorted && !overflow) arrange();
    else location.reload();
  });

  return ({ tiles: html, gone }) => {
    const there = new Map(tiles(gallery).map((tile) => [tile.dataset.id, tile]));
    const found = [...parsed(html).querySelectorAll(".tile")];
    for (const tile of found.reverse()) {
      const old = there.get(tile.dataset.id);
      if (!old) {
        if (!waiting.has(tile.dataset.id)) counted(+1);
        waiting.set(tile.dataset.id, tile);
      } else if (old.dataset.version !== tile.dataset.version) replace(gallery, old, tile);
    }
    for (const id of gone) {
      if (waiting.delete(id) || there.has(id)) counted(-1);
      if (there.has(id)) remove(gallery, there.get(id));
    }
    overflow ||= found.length >= MANY;
    settle();
  };
}

function replace(gallery, old, tile) {
  take(listOf(gallery, old));
  const focused = old.contains(document.activeElement);
  tile.classList.toggle("revealed", old.classList.contains("revealed"));
  old.replaceWith(tile);
  if (focused) tile.querySelector("a").focus();
}

function remove(gallery, tile) {
  const list = listOf(gallery, tile);
  take(list);
  tile.remove();
  if (list.childElementCount) return;
  const day = list.closest(".day");
  list.remove();
  if (!day.querySelector(".tiles")) day.remove();
}

// Puts a tile where its time belongs, newest first; returns false if that is below what was loaded so far.
function insert(gallery, tile) {
  const date = tile.dataset.day.slice(0, LETTERS[gallery.dataset.by]);
  const days = [...gallery.querySelectorAll(":scope > .day")];
  const next = days.find((day) => day.dataset.day <= date);
  const complete = !document.querySelector(".more [data-next]");
  if (next?.dataset.day !== date) {
    if (!next && !complete) return false;
    const day = newDay(date);
    day.querySelector(".tiles").append(tile);
    gallery.insertBefore(day, next ?? null);
    watch(day.querySelector(".tiles"));
    return true;
  }
  const within = [...next.querySelectorAll(".tiles")];
  for (const list of within) {
    const after = tilesOf(list).find((other) => other.dataset.at < tile.dataset.at);
    if (!after) continue;
    take(list);
    after.before(tile);
    return true;
  }
  if (next === days.at(-1) && !complete) return false;
  take(within.at(-1));
  within.at(-1).append(tile);
  return true;
}
