// A box around the face that a camera sees just now, and a word on whether the picture would do.
import { asJpeg } from "./finder.js";
import { request } from "./requests.js";

const SIDE = 960, QUALITY = 0.85; // of what is looked at; what is taken is larger
const EVERY = 1000; // milliseconds between two looks: each is a call to Rekognition
const PATIENCE = 10000;
const WORDS = {
  no_face: "No face is seen yet. Look into the camera.",
  several_faces: "More than one face is seen. Only one may be there.",
  too_small: "Come closer.",
  too_blurred: "Hold still: the face is blurred.",
  too_dark: "More light on the face, please.",
};

// Of the page it needs an <svg> over the video, and a place for the word, which has the one for a good picture.
export function looks(box, camera) {
  const boxes = box.querySelector(".camera-boxes");
  const hint = box.querySelector("[data-hint]");

  function tell(seen) {
    hint.hidden = !seen;
    if (seen && hint.textContent !== seen.words) hint.textContent = seen.words; // said once
    hint.dataset.good = seen?.good ?? false;
    boxes.classList.toggle("good", seen?.good ?? false);
    if (seen?.width) boxes.setAttribute("viewBox", `0 0 ${seen.width} ${seen.height}`);
    boxes.replaceChildren(...(seen?.faces ?? []).map((face) => outline(face, seen)));
  }
  function outline({ left, top, width, height }, seen) {
    const rect = document.createElementNS(boxes.namespaceURI, "rect");
    const at = { x: left * seen.width, y: top * seen.height, width: width * seen.width, height: height * seen.height };
    for (const [name, value] of Object.entries({ ...at, rx: 0.015 * seen.width })) rect.setAttribute(name, value);
    return rect;
  }
  // Looks once a second while the camera is on, `awake` says so, and at most so often; returns whether it still is on.
  async function watch(most = Infinity, awake = () => true) {
    const during = camera.still();
    for (let count = 0; count < most; ) {
      const canvas = document.hidden || !awake() ? null : camera.picture(SIDE);
      const seen = canvas && (await look(canvas, hint.dataset.well));
      if (!during()) return false;
      tell(seen);
      if (seen) count++;
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      if (!during()) return false;
    }
    return true;
  }
  return { tell, watch };
}

// Returns the picture's size, the faces' boxes, words and whether it is good.
async function look(canvas, well) {
  const body = await asJpeg(canvas, QUALITY);
  try {
    const answer = await request("/console/people/look", { method: "POST", headers: { "Content-Type": "image/jpeg" }, body, signal: AbortSignal.timeout(PATIENCE) });
    const seen = await answer.json();
    return { ...seen, good: !seen.reason, words: seen.reason ? (WORDS[seen.reason] ?? seen.words) : well };
  } catch (error) {
    return { faces: [], good: false, words: error.name === "TimeoutError" ? "Whether it would do is not known just now." : error.message };
  }
}
