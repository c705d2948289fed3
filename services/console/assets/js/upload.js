// The page of uploads.
import { camera } from "./upload/camera.js";
import { following } from "./upload/following.js";
import { keyOf, size } from "./upload/names.js";
import { Queue } from "./upload/queue.js";
import { grouped, rows } from "./upload/rows.js";
import { renewToken } from "./upload/sending.js";
import { sources } from "./upload/sources.js";
import { summary } from "./upload/summary.js";
import { thumbs } from "./upload/thumbs.js";

const form = document.querySelector("[data-upload]");
if (form) begin(form, document.querySelector("[data-uploads]"));

function begin(form, section) {
  const items = new Set();
  const find = (name) => section.querySelector(`[data-${name}]`);
  const limit = Number(form.dataset.limit);
  const total = summary(section, items);
  const list = rows(find("list"), document.getElementById("upload-row"), thumbs(), act);
  const signedOut = () => (find("signed-out").hidden = false);
  const followed = following(Number(form.dataset.many), { found, signedOut });
  const queue = new Queue({
    changed(item) {
      if (item.state === "stored") followed.follow(item);
      changed(item);
    },
    signedOut,
  });

  function changed(item) {
    list.changed(item);
    total.changed();
  }
  function add(files, leftOut = 0) {
    const { bucket, folder, existing } = form.elements;
    const recognized = "recognized" in bucket.selectedOptions[0].dataset;
    for (const { file, path } of files) {
      const item = { file, bucket: bucket.value, key: keyOf(folder.value, path), existing: existing.value };
      item.follow = recognized && "follow" in form.dataset;
      items.add(item);
      const wrong = unfit(file);
      if (!wrong) queue.add(item);
      else changed(Object.assign(item, { state: "refused", note: wrong, sent: 0 }));
    }
    total.leftOut(leftOut);
    if (files.length) section.scrollIntoView({ block: "nearest" });
  }
  function unfit(file) {
    if (file.size > limit) return `It has ${size(file.size)}; ${size(limit)} are taken at most.`;
    return file.size ? "" : "It is empty.";
  }
  function found(item, picture) {
    if (!picture) Object.assign(item, { state: "kept", note: "Still not recognized; it appears among the pictures once it is" });
    else if (picture.state === "failed") Object.assign(item, { state: "failed", note: `Could not be recognized: ${picture.what}` });
    else Object.assign(item, { state: "recognized", note: picture.what || "Nothing was recognized in it" });
    changed(item);
  }
  function act(name, item) {
    if (name === "again") queue.again(item);
    else if (name !== "remove") queue.again(item, name);
    else if (grouped(item) === "active") queue.cancel(item);
    else return remove(item, list.neighbour(item));
    item.row.acts.remove.focus(); // what was clicked is hidden now
  }
  function remove(item, next) {
    items.delete(item);
    list.remove(item);
    total.changed();
    next?.querySelector('[data-act="remove"]').focus();
  }
  const those = (...states) => [...items].filter(({ state }) => states.includes(state));

  find("again").addEventListener("click", () => those("trouble", "cancelled").forEach((item) => queue.again(item)));
  find("cancel").addEventListener("click", () => those("waiting", "sending").forEach((item) => queue.cancel(item)));
  find("clear").addEventListener("click", () => {
    for (const item of items) remove(item);
    total.cleared();
  });
  find("go-on").addEventListener("click", async () => {
    if (!(await renewToken().catch(() => false))) return;
    find("signed-out").hidden = true;
    queue.resume();
    followed.resume();
  });
  form.addEventListener("submit", (event) => event.preventDefault()); // Enter in a field sends nothing
  addEventListener("beforeunload", (event) => those("waiting", "sending").length && event.preventDefault());

  sources(form, add);
  camera(form.querySelector("[data-camera]"), document.getElementById("camera"), add);
}
