// Takes pictures with the camera: look, take, look at it, send it or take another. The camera is on only while it is seen.
import { BUSY, CameraError, closeCamera, countCameras, isMirror, openCamera } from "../parts/camera.js";
import { dated } from "./names.js";

const QUALITY = 0.92;

export function camera(opener, dialog, add) {
  const box = dialog.querySelector(".camera");
  const video = dialog.querySelector("video");
  const canvas = dialog.querySelector("canvas");
  const words = dialog.querySelector(".camera-words");
  const act = (name) => dialog.querySelector(`[data-act="${name}"]`);
  const chooser = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment" });
  let stream, facing = "environment", starts = 0;

  function show(state, text = "") {
    box.dataset.state = state;
    words.textContent = text;
    for (const button of dialog.querySelectorAll("[data-when]")) button.hidden = button.dataset.when !== state;
  }
  function stop() {
    starts++;
    closeCamera(stream);
    stream = video.srcObject = null;
  }
  async function start() {
    stop();
    const mine = starts;
    show("starting", "Starting the camera. Your browser may ask whether it may be used.");
    try {
      const opened = await openCamera(facing);
      if (mine !== starts) return closeCamera(opened); // closed meanwhile
      stream = video.srcObject = opened;
      await video.play();
    } catch (error) {
      if (mine !== starts) return;
      stop();
      return show("trouble", error instanceof CameraError ? error.message : BUSY);
    }
    stream.getVideoTracks()[0].addEventListener("ended", () => mine === starts && box.dataset.state === "live" && show("trouble", BUSY));
    const cameras = await countCameras();
    if (mine !== starts) return;
    box.classList.toggle("mirrored", isMirror(stream));
    show("live");
    act("switch").hidden = cameras < 2;
  }
  function take() {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    stop();
    show("taken");
    act("send").focus();
  }
  function send() {
    canvas.toBlob((blob) => {
      const name = dated("camera", "jpg");
      add([{ file: new File([blob], name, { type: blob.type }), path: name }]);
      dialog.close();
    }, "image/jpeg", QUALITY);
  }

  opener.addEventListener("click", () => {
    dialog.showModal();
    start();
  });
  dialog.addEventListener("close", () => {
    stop();
    canvas.width = canvas.height = 0;
  });
  act("take").addEventListener("click", take);
  act("retake").addEventListener("click", start);
  act("start").addEventListener("click", start);
  act("send").addEventListener("click", send);
  act("choose").addEventListener("click", () => chooser.click());
  act("switch").addEventListener("click", () => {
    facing = facing === "user" ? "environment" : "user";
    start();
  });
  chooser.addEventListener("change", () => {
    const [file] = chooser.files;
    chooser.value = "";
    if (!file) return;
    add([{ file, path: file.name }]);
    dialog.close();
  });
}
