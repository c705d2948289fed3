// Where files come from: dropped (folders too), chosen, pasted. Each gives {file, path}: the path within what was dropped.
import { dated, looksLikePicture } from "./names.js";

const STILL = 1000; // milliseconds: at least as often a browser says that something is held over the page

export function sources(form, add) {
  const files = chooser({ multiple: true, accept: "image/*,.heic,.heif,.avif,.tif,.tiff" });
  const folder = chooser({ webkitdirectory: true });
  form.querySelector('[data-choose="files"]').addEventListener("click", () => files.click());
  form.querySelector('[data-choose="folder"]').addEventListener("click", () => folder.click());
  files.addEventListener("change", () => taken(files, (chosen) => add(chosen.map((file) => ({ file, path: file.name })))));
  folder.addEventListener("change", () =>
    taken(folder, (chosen) => add(...picturesOf(chosen.map((file) => ({ file, path: file.webkitRelativePath || file.name }))))),
  );
  document.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (!pasted.length) return;
    event.preventDefault();
    add(pasted.map((file) => ({ file, path: pastedName(file) })));
  });
  drop(add);
}

function chooser(attributes) {
  return Object.assign(document.createElement("input"), { type: "file", ...attributes });
}

function taken(input, use) {
  const chosen = [...input.files];
  input.value = ""; // the same may be chosen again
  if (chosen.length) use(chosen);
}

// The pictures among a folder's files, and how many were left out.
function picturesOf(found) {
  const pictures = found.filter(({ file }) => looksLikePicture(file));
  return [pictures, found.length - pictures.length];
}

// What is cut out of somewhere is always called image.png.
const pastedName = ({ name, type }) => (/^image\.\w+$/.test(name) || !name ? dated("pasted", type.split("/")[1] || "png") : name);

// The whole page takes what is dropped.
function drop(add) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  let timer;
  function show(on) {
    clearTimeout(timer);
    document.documentElement.classList.toggle("dropping", on);
    if (on) timer = setTimeout(show, STILL, false); // not every browser tells that somebody has given up
  }
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    show(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget || show(false));
  addEventListener("drop", async (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(false);
    // both have to be asked for before the event is over
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const loose = [...event.dataTransfer.files].map((file) => ({ file, path: file.name }));
    if (!entries.some((entry) => entry.isDirectory)) return void add(loose);
    const single = entries.filter((entry) => entry.isFile);
    const within = await Promise.all(entries.filter((entry) => entry.isDirectory).map(walk));
    add(...picturesOf([...(await Promise.all(single.map(fileOf))), ...within.flat()].filter(Boolean)));
  });
}

// All files below a folder; what cannot be read is left out.
async function walk(folder) {
  const found = [];
  const reader = folder.createReader();
  for (;;) {
    const entries = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([]))); // a hundred at a time
    if (!entries.length) return found;
    for (const entry of entries) {
      if (entry.isDirectory) found.push(...(await walk(entry)));
      else found.push(await fileOf(entry));
    }
  }
}

const fileOf = (entry) =>
  new Promise((resolve) => entry.file((file) => resolve({ file, path: entry.fullPath.replace(/^\//, "") }), () => resolve(null)));
