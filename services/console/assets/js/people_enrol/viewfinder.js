// Takes pictures of who is enrolled, when the camera says that they would do.
import { asJpeg, finder } from "../parts/finder.js";
import { looks } from "../parts/looks.js";

const QUALITY = 0.95;
const MOST = 180; // looks without anybody pressing a button; then somebody has left

export function viewfinder(box, add) {
  const act = (name) => box.querySelector(`[data-act="${name}"]:not([hidden])`);
  const idle = box.querySelector("[data-words]").textContent;
  let taken = 0;
  const camera = finder(box, "user", async (state) => {
    seen.tell();
    if (state !== "live") return;
    act("take").focus();
    if (await seen.watch(MOST)) camera.stop("off", "The camera is off: nobody took a picture for some minutes.");
  });
  const seen = looks(box, camera);

  box.querySelector('[data-act="stop"]').addEventListener("click", () => {
    camera.stop("off", idle);
    act("start").focus();
  });
  box.querySelector('[data-act="take"]').addEventListener("click", async () => {
    const blob = await asJpeg(camera.picture(), QUALITY);
    add(new File([blob], `camera-${++taken}.jpg`, { type: blob.type }));
  });
  camera.show("off");
}
