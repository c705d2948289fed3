// The rows of the list. What changes is drawn once a frame, however often it changed: five hundred files stay smooth.
import { folderOf, nameOf, size } from "./names.js";
import { GROUPS } from "./queue.js";

export const grouped = (item) => GROUPS[item.state];

export function rows(list, template, thumbs, act) {
  const changed = new Set();

  function make(item) {
    const row = template.content.firstElementChild.cloneNode(true);
    const find = (selector) => row.querySelector(selector);
    item.row = { row, name: find(".upload-name"), place: find(".upload-place"), note: find(".upload-note"), bar: find("progress"), thumb: find(".upload-thumb") };
    item.row.acts = Object.fromEntries([...row.querySelectorAll("[data-act]")].map((button) => [button.dataset.act, button]));
    for (const [name, button] of Object.entries(item.row.acts)) button.addEventListener("click", () => act(name, item));
    list.append(row);
    thumbs.show(item.row.thumb, item.file);
  }

  function draw(item) {
    const { row, name, place, note, bar, acts } = item.row;
    const file = nameOf(item.key);
    row.dataset.state = item.state;
    row.dataset.group = grouped(item);
    if (item.imageId && !name.querySelector("a")) {
      name.replaceChildren(Object.assign(document.createElement("a"), { href: `/console/pictures/${item.imageId}` }));
    }
    const words = name.querySelector("a") ?? name;
    if (words.textContent !== file) {
      words.textContent = row.title = file;
      place.textContent = [size(item.file.size), folderOf(item.key)].filter(Boolean).join(" · ");
    }
    note.textContent = item.note;
    bar.hidden = item.state !== "sending" || Boolean(item.note);
    bar.value = item.sent / Math.max(item.file.size, 1);
    bar.ariaLabel = `Upload of ${file}`;
    acts.replace.hidden = acts.number.hidden = item.state !== "taken";
    acts.again.hidden = !["trouble", "cancelled"].includes(item.state);
    const active = grouped(item) === "active";
    acts.remove.title = acts.remove.ariaLabel = `${active ? "Cancel" : "Take off the list"}: ${file}`;
  }

  function drawAll() {
    for (const item of changed) {
      if (!item.row) make(item);
      draw(item);
    }
    changed.clear();
  }

  return {
    changed(item) {
      if (!changed.size) requestAnimationFrame(drawAll);
      changed.add(item);
    },
    neighbour: ({ row: { row } }) => row.nextElementSibling ?? row.previousElementSibling,
    remove(item) {
      changed.delete(item);
      if (!item.row) return;
      thumbs.forget(item.row.thumb);
      item.row.row.remove();
    },
  };
}
