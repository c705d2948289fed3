// Takes pictures with the camera: look, take, look at it, send it or take another. The camera is on only while it is seen.
import { dated } from "./names.js";

const QUALITY = 0.92;
const SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } }; // recognition looks at no more than 2,048 pixels
const WORDS = {
  insecure: "Browsers let a page use the camera only over HTTPS, or on the machine that Onlooker runs on. Open the console that way, or choose a picture instead.",
  NotAllowedError: "The camera may not be used. Allow it for this page in the browser's settings, often behind a sign beside the address, then try again.",
  NotFoundError: "No camera was found. Connect one and try again, or choose a picture instead.",
  NotReadableError: "The camera does not answer. Perhaps another program is using it: close that, then try again.",
};
const OTHERWISE = "The camera could not be started. Try again, or choose a picture instead.";

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
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
  }
  async function start() {
    stop();
    const mine = starts;
    show("starting", "Starting the camera. Your browser may ask whether it may be used.");
    if (!navigator.mediaDevices?.getUserMedia) return show("trouble", WORDS.insecure);
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, ...SIZE } });
      if (mine !== starts) return opened.getTracks().forEach((track) => track.stop()); // closed meanwhile
      stream = video.srcObject = opened;
      await video.play();
    } catch (error) {
      if (mine !== starts) return;
      stop();
      return show("trouble", WORDS[error.name] ?? OTHERWISE);
    }
    stream.getVideoTracks()[0].addEventListener("ended", () => mine === starts && box.dataset.state === "live" && show("trouble", WORDS.NotReadableError));
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    if (mine !== starts) return;
    const used = stream.getVideoTracks()[0].getSettings().facingMode;
    box.classList.toggle("mirrored", used ? used === "user" : true); // one looks into it as into a mirror
    show("live");
    act("switch").hidden = cameras.length < 2;
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
