// A camera's picture on the page: on, off, the other camera, and what it shows just now.
// Of the page it needs a <video>, words, and buttons that say what they do (data-act) and when they are of use (data-when).
import { BUSY, CameraError, closeCamera, countCameras, isMirror, openCamera } from "./camera.js";

const STARTING = "Starting the camera. Your browser may ask whether it may be used.";
const LEFT = "The camera is off: you were on another page.";

// States: "off", "starting", "live", "trouble", and those of the page's own; `changed` is told of each.
export function finder(box, facing, changed = () => {}) {
  const video = box.querySelector("video");
  const words = box.querySelector("[data-words]");
  const turns = box.querySelector('[data-act="switch"]');
  let stream, starts = 0, others = false;

  function show(state, text = "") {
    box.dataset.state = state;
    if (text) words.textContent = text;
    for (const button of box.querySelectorAll("[data-when]")) button.hidden = button.dataset.when !== state;
    if (turns) turns.hidden ||= !others;
    changed(state);
  }
  function stop(state, text) {
    starts++;
    closeCamera(stream);
    stream = video.srcObject = null;
    if (state) show(state, text);
  }
  async function start() {
    stop("starting", STARTING);
    const during = still();
    try {
      const opened = await openCamera(facing);
      if (!during()) return closeCamera(opened); // left meanwhile
      stream = video.srcObject = opened;
      await video.play();
    } catch (error) {
      if (during()) stop("trouble", error instanceof CameraError ? error.message : BUSY);
      return;
    }
    stream.getVideoTracks()[0].addEventListener("ended", () => during() && stop("trouble", BUSY));
    const cameras = await countCameras();
    if (!during()) return;
    others = cameras > 1;
    box.classList.toggle("mirrored", isMirror(stream));
    show("live");
  }
  // Returns what tells whether the camera is on since now.
  function still() {
    const mine = starts;
    return () => mine === starts;
  }
  // Draws the picture of now, of at most so many pixels, and returns its canvas; null where there is none yet.
  function picture(longest = Infinity, canvas = document.createElement("canvas")) {
    if (!video.videoWidth) return null;
    const scale = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight));
    Object.assign(canvas, { width: video.videoWidth * scale, height: video.videoHeight * scale });
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  for (const button of box.querySelectorAll('[data-act="start"]')) button.addEventListener("click", start);
  turns?.addEventListener("click", () => {
    facing = facing === "user" ? "environment" : "user";
    start();
  });
  addEventListener("pagehide", () => box.dataset.state === "live" && stop("trouble", LEFT)); // who comes back finds it off
  return { start, stop, show, still, picture };
}

export const asJpeg = (canvas, quality) => new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
