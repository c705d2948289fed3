// A device at the door: whoever stands before its camera presses one button, and is signed in or out.
import { asJpeg, finder } from "./parts/finder.js";
import { looks } from "./parts/looks.js";
import { request } from "./parts/requests.js";
import { movement } from "./people_attendance_door/movement.js";
import { answered } from "./people_attendance_door/words.js";

const SIDE = 1280, QUALITY = 0.92;
const PATIENCE = 20000;
const SHOWN = 6000; // milliseconds of an answer; then it is the next one's turn

const box = document.querySelector("[data-door]");
if (box) begin(box);

function begin(box) {
  const button = box.querySelector('[data-act="sign"]');
  const said = box.querySelector("[data-said]");
  const row = document.getElementById("door-answer").content;
  let timer;
  const camera = finder(box, "user", (state) => {
    seen?.tell();
    if (state !== "live") return;
    button.focus();
    seen?.watch(Infinity, movement(camera)); // nobody is there most of the day, and each look costs
    navigator.wakeLock?.request("screen").catch(() => {}); // where it is not given, the device has settings of its own
  });
  const seen = "looks" in box.dataset ? looks(box, camera) : null; // a key for the door alone may only sign

  function show({ good, lines }) {
    const answer = row.cloneNode(true).firstElementChild;
    answer.classList.toggle("good", good);
    answer.querySelector("[data-lines]").append(...lines.map((text, at) => Object.assign(document.createElement("p"), { textContent: text, dir: "auto", className: at && !good ? "muted" : "" })));
    said.replaceChildren(answer);
    clearTimeout(timer);
    timer = setTimeout(() => said.replaceChildren(), SHOWN);
  }
  async function sign() {
    const picture = camera.picture(SIDE);
    if (!picture || button.disabled) return;
    button.disabled = true;
    said.replaceChildren();
    try {
      const body = await asJpeg(picture, QUALITY);
      const answer = await request("/console/people/attendance", { method: "POST", headers: { "Content-Type": "image/jpeg" }, body, signal: AbortSignal.timeout(PATIENCE) });
      show(answered(await answer.json()));
    } catch (error) {
      show({ good: false, lines: ["That did not work.", error.name === "TimeoutError" ? "No answer came. Press the button again." : error.message] });
    }
    button.disabled = false;
    button.focus();
  }

  button.addEventListener("click", sign);
  said.addEventListener("click", () => said.replaceChildren());
  camera.start();
}
