// What files are called, here and where they go. Pure.
const PICTURE = /\.(jpe?g|jfif|png|webp|gif|bmp|dib|tiff?|avif|hei[cf])$/i;
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

// Whether a file of a folder looks like a picture: folders have others too, which are left out. What somebody chooses
// one by one is sent, and the server looks into it.
export const looksLikePicture = ({ name, type }) => PICTURE.test(name) || (/^image\//.test(type) && !/svg/.test(type));

// The key of a file: the folder where all go, then its place within the folder that was chosen.
export function keyOf(folder, path) {
  const parts = [folder.trim().replace(/^\/+|\/+$/g, ""), path.replace(/^\/+/, "")];
  return parts.filter(Boolean).join("/").toWellFormed(); // half a surrogate pair cannot be written in an address
}

// "a/b.jpg" as "a/b (2).jpg", "a/b (2).jpg" as "a/b (3).jpg".
export function numbered(key) {
  const [, stem, number, ending] = key.match(/^(.*?)(?: \((\d{1,6})\))?(\.[^./]*)?$/s);
  return `${stem} (${Number(number ?? 1) + 1})${ending ?? ""}`;
}

export const nameOf = (path) => path.slice(path.lastIndexOf("/") + 1);
export const folderOf = (path) => path.slice(0, Math.max(path.lastIndexOf("/"), 0));

// A name for what has none of its own: "camera 2026-11-21 14.05.33.123.jpg", in local time.
export function dated(kind, ending, now = new Date()) {
  const local = new Date(now - now.getTimezoneOffset() * 60_000).toISOString();
  return `${kind} ${local.slice(0, 10)} ${local.slice(11, 23).replaceAll(":", ".")}.${ending}`;
}

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en").replaceAll(",", "\u202f")} ${number === 1 ? one : many}`;

export function size(bytes) {
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${(bytes / 1024 ** unit).toFixed(unit ? 1 : 0)} ${UNITS[unit]}`;
}
