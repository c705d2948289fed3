// More pictures come before the end of those that are there is reached.
import { parsed, request } from "../parts/requests.js";
import { nameDays } from "./days.js";
import { take, watch } from "./walls.js";

const AHEAD = "1800px 0px";

// Returns a function that loads more, as many as are wanted; it returns whether there may be more still.
export function endless(gallery, more) {
  const trouble = document.createElement("p");
  trouble.className = "field-error small";
  trouble.role = "alert";
  let loading;
  for (const list of gallery.querySelectorAll(".tiles")) watch(list);

  async function load(count = 60) {
    const link = more.querySelector("[data-next]");
    if (!link) return false;
    const query = new URLSearchParams(gallery.dataset.query);
    query.set("cursor", link.dataset.next);
    query.set("count", count);
    query.set("by", gallery.dataset.by);
    more.setAttribute("aria-busy", "true");
    try {
      const answer = await request(`/console/pictures/more?${query}`);
      const page = parsed(await answer.text());
      trouble.remove();
      nameDays(page);
      for (const day of page.querySelectorAll(".day")) join(gallery, day);
      const next = page.querySelector("[data-next]");
      if (next) link.dataset.next = next.dataset.next;
      else link.remove();
      return Boolean(next);
    } catch (error) {
      trouble.textContent = error.message;
      more.prepend(trouble);
      return false;
    } finally {
      more.removeAttribute("aria-busy");
    }
  }
  const once = (count) => (loading ??= load(count).finally(() => (loading = undefined)));

  const observer = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting || trouble.isConnected) return;
    if (await once()) {
      observer.unobserve(more); // it may be in sight still: observed anew, it is told of again
      observer.observe(more);
    }
  }, { rootMargin: AHEAD });
  observer.observe(more);
  more.addEventListener("click", (event) => {
    if (!event.target.closest("[data-next]")) return;
    event.preventDefault();
    once();
  });
  return once;
}

// Appends a day. One that has begun goes on; the row that was its last, and not full, then is the first of what comes.
function join(gallery, day) {
  const last = [...gallery.querySelectorAll(":scope > .day")].at(-1);
  const list = day.querySelector(".tiles");
  if (last?.dataset.day === day.dataset.day) {
    const before = last.lastElementChild;
    take(before);
    list.prepend(...lastRow(before));
    if (before.childElementCount) before.classList.add("full");
    else before.remove();
    last.append(list);
  } else gallery.append(document.adoptNode(day));
  watch(list);
}

function lastRow(list) {
  const tiles = [...list.children];
  const top = tiles.at(-1)?.offsetTop;
  return tiles.slice(tiles.findIndex((tile) => tile.offsetTop === top));
}
