// Small pictures of local files, drawn when their row comes into sight, one after the other. Only so many are kept, each some
// ten kilobytes: no file stays in memory for them, and there are no object URLs to forget.
const SIDE = 96; // pixels
const KEPT = 150;

export function thumbs() {
  const files = new WeakMap();
  const drawn = new Set(); // places, in the order in which they were drawn
  let last = Promise.resolve();
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      target.wanted = isIntersecting;
      if (isIntersecting && !drawn.has(target)) last = last.then(() => draw(target));
    }
  }, { rootMargin: "100px" });

  async function draw(place) {
    if (!place.wanted || !place.isConnected || drawn.has(place)) return;
    const bitmap = await createImageBitmap(files.get(place)).catch(() => null); // HEIC and TIFF mostly cannot be shown
    if (!bitmap) return void seen.unobserve(place);
    const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
    const scale = SIDE / Math.min(bitmap.width, bitmap.height);
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
    bitmap.close();
    place.append(canvas);
    drawn.add(place);
    if (drawn.size > KEPT) forget([...drawn].find((other) => !other.wanted) ?? place);
  }

  function forget(place) {
    drawn.delete(place);
    place.querySelector("canvas")?.remove();
  }

  return {
    show(place, file) {
      files.set(place, file);
      seen.observe(place);
    },
    forget(place) {
      seen.unobserve(place);
      forget(place);
    },
  };
}
