// What the camera sees, with a box around the face and a word on whether the picture would do.
import { BUSY, CameraError, closeCamera, countCameras, isMirror, openCamera } from "../parts/camera.js";
import { look } from "./looks.js";

const QUALITY = 0.95;
const EVERY = 1000; // milliseconds between two looks: each is a call to Rekognition
const MOST = 180; // looks without anybody pressing a button; then somebody has left
const STARTING = "Starting the camera. Your browser may ask whether it may be used.";

export function viewfinder(box, add) {
  const video = box.querySelector("video");
  const boxes = box.querySelector("svg");
  const words = box.querySelector("[data-words]");
  const hint = box.querySelector("[data-hint]");
  const act = Object.fromEntries([...box.querySelectorAll("[data-act]")].map((button) => [button.dataset.act, button]));
  const idle = words.textContent;
  let stream, facing = "user", starts = 0, taken = 0;

  function show(state, text = "") {
    const live = state === "live";
    box.dataset.state = state;
    if (text) words.textContent = text;
    act.start.hidden = live;
    act.start.querySelector("span").textContent = state === "off" ? "Use the camera" : "Try again";
    for (const name of ["take", "stop"]) act[name].hidden = !live;
    if (!live) act.switch.hidden = true;
    tell();
  }
  function tell(seen) {
    hint.hidden = !seen;
    if (seen && hint.textContent !== seen.words) hint.textContent = seen.words; // said once
    hint.dataset.good = seen?.good ?? false;
    const outlines = (seen?.faces ?? []).map((face) => {
      const outline = document.createElementNS(boxes.namespaceURI, "rect");
      const at = { x: face.left * seen.width, y: face.top * seen.height, width: face.width * seen.width, height: face.height * seen.height };
      for (const [name, value] of Object.entries({ ...at, rx: 0.015 * seen.width })) outline.setAttribute(name, value);
      return outline;
    });
    if (seen?.width) boxes.setAttribute("viewBox", `0 0 ${seen.width} ${seen.height}`);
    boxes.classList.toggle("good", seen?.good ?? false);
    boxes.replaceChildren(...outlines);
  }
  function stop() {
    starts++;
    closeCamera(stream);
    stream = video.srcObject = null;
  }
  function off(text = idle) {
    stop();
    show("off", text);
  }
  async function start() {
    stop();
    const mine = starts;
    show("starting", STARTING);
    try {
      const opened = await openCamera(facing);
      if (mine !== starts) return closeCamera(opened); // left meanwhile
      stream = video.srcObject = opened;
      await video.play();
    } catch (error) {
      if (mine !== starts) return;
      stop();
      return show("trouble", error instanceof CameraError ? error.message : BUSY);
    }
    stream.getVideoTracks()[0].addEventListener("ended", () => mine === starts && (stop(), show("trouble", BUSY)));
    box.classList.toggle("mirrored", isMirror(stream));
    show("live");
    act.take.focus();
    watch(mine);
    const cameras = await countCameras();
    if (mine === starts) act.switch.hidden = cameras < 2;
  }
  async function watch(mine) {
    for (let looks = 0; looks < MOST; looks++) {
      if (!document.hidden) {
        const seen = await look(video);
        if (mine !== starts) return;
        if (seen) tell(seen);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      if (mine !== starts) return;
    }
    off("The camera is off: nobody took a picture for some minutes.");
  }
  function take() {
    const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => add(new File([blob], `camera-${++taken}.jpg`, { type: blob.type })), "image/jpeg", QUALITY);
  }

  act.start.addEventListener("click", start);
  act.stop.addEventListener("click", () => {
    off();
    act.start.focus();
  });
  act.take.addEventListener("click", take);
  act.switch.addEventListener("click", () => {
    facing = facing === "user" ? "environment" : "user";
    start();
  });
  addEventListener("pagehide", () => off());
}
