// The pictures that will be sent: they are the file field's own, so that the form sends them by itself.
import { toast } from "../parts/toast.js";

const SIDE = 192; // pixels of a thumbnail: twice its place

// Returns a function that adds files.
export function choose(form) {
  const field = form.querySelector('input[type="file"]');
  const list = form.querySelector("[data-taken]");
  const row = document.getElementById("taken-picture").content;
  const most = Number(form.dataset.most), limit = Number(form.dataset.limit);
  let files = [];

  function set(wanted) {
    files = wanted;
    const all = new DataTransfer();
    files.forEach((file) => all.items.add(file));
    field.files = all.files;
    list.replaceChildren(...files.map(shown));
    document.getElementById("refused")?.replaceChildren(); // it was about others
  }
  function add(more) {
    const wanted = [...files, ...more];
    if (wanted.length > most) toast(`At most ${most} pictures are taken at once.`, "error");
    const kept = wanted.slice(0, most);
    if (kept.reduce((sum, { size }) => sum + size, 0) > limit) {
      toast("Together these pictures are larger than is taken at once.", "error");
      return set(files);
    }
    set(kept);
  }
  function shown(file, at) {
    const item = row.cloneNode(true).firstElementChild;
    const remove = item.querySelector("button");
    remove.setAttribute("aria-label", `Leave picture ${at + 1} out`);
    remove.addEventListener("click", () => {
      set(files.filter((each) => each !== file));
      (list.querySelectorAll("button")[Math.min(at, files.length - 1)] ?? form.querySelector('[data-act="choose"]')).focus();
    });
    draw(file, item.querySelector("canvas"), at);
    return item;
  }

  field.addEventListener("change", () => add([...field.files]));
  form.querySelector('[data-act="choose"]').addEventListener("click", () => field.click());
  return (file) => add([file]);
}

// What the browser cannot show, such as HEIC, keeps the sign in its place.
async function draw(file, canvas, at) {
  canvas.setAttribute("aria-label", `Picture ${at + 1}: ${file.name}`);
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return canvas.classList.add("unseen");
  }
  const side = Math.min(bitmap.width, bitmap.height);
  canvas.width = canvas.height = SIDE;
  canvas.getContext("2d").drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  bitmap.close();
}
