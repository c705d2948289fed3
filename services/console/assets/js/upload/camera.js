// Takes pictures with the camera: look, take, look at it, send it or take another. The camera is on only while it is seen.
import { asJpeg, finder } from "../parts/finder.js";
import { dated } from "./names.js";

const QUALITY = 0.92;

export function camera(opener, dialog, add) {
  const canvas = dialog.querySelector("canvas");
  const act = (name) => dialog.querySelector(`[data-act="${name}"]`);
  const chooser = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment" });
  const camera = finder(dialog.querySelector(".camera"), "environment");

  function take() {
    camera.picture(Infinity, canvas);
    camera.stop("taken");
    act("send").focus();
  }
  async function send() {
    const blob = await asJpeg(canvas, QUALITY), name = dated("camera", "jpg");
    add([{ file: new File([blob], name, { type: blob.type }), path: name }]);
    dialog.close();
  }

  opener.addEventListener("click", () => {
    dialog.showModal();
    camera.start();
  });
  dialog.addEventListener("close", () => {
    camera.stop();
    canvas.width = canvas.height = 0;
  });
  act("take").addEventListener("click", take);
  act("retake").addEventListener("click", camera.start);
  act("send").addEventListener("click", send);
  act("choose").addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    const [file] = chooser.files;
    chooser.value = "";
    if (!file) return;
    add([{ file, path: file.name }]);
    dialog.close();
  });
}
