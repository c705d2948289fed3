// A face that was not found is drawn on the picture, and named. The form's numbers say where it is; the box shows them.
import { request } from "../parts/requests.js";
import { frame } from "./frame.js";

const DIGITS = 2;

export function draw(stage) {
  const panel = document.querySelector("[data-draw]"), layer = stage.querySelector("[data-draw-layer]");
  if (!panel) return;
  const form = panel.querySelector("form"), [summary, error] = [panel.querySelector("summary"), form.querySelector("[data-error]")];
  const { left, top, width, height, name } = form.elements;
  const { width: across, height: down } = layer.viewBox.baseVal;
  const numbers = () => ({
    x: left.valueAsNumber / 100 * across, y: top.valueAsNumber / 100 * down,
    width: width.valueAsNumber / 100 * across, height: height.valueAsNumber / 100 * down,
  });
  const box = frame(layer, (drawn, how, fresh) => {
    left.value = (drawn.x / across * 100).toFixed(DIGITS);
    top.value = (drawn.y / down * 100).toFixed(DIGITS);
    width.value = (drawn.width / across * 100).toFixed(DIGITS);
    height.value = (drawn.height / down * 100).toFixed(DIGITS);
    if (fresh && how.pointerType === "mouse") name.focus({ preventScroll: true }); // a finger's keyboard would hide the picture
  });
  const close = () => {
    panel.open = false;
    summary.focus({ preventScroll: true });
  };

  panel.addEventListener("toggle", () => {
    stage.classList.toggle("drawing", panel.open);
    layer.toggleAttribute("hidden", !panel.open);
    if (!panel.open) return;
    box.place(numbers());
    for (const part of [panel, stage]) part.scrollIntoView({ block: "nearest" });
    box.focus();
  });
  form.addEventListener("input", () => {
    const wanted = numbers();
    if (!Object.values(wanted).some(Number.isNaN)) box.place(wanted);
  });
  for (const link of document.querySelectorAll('a[href="#draw-form"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      panel.open = true;
    });
  }
  form.querySelector("[data-cancels]").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (!panel.open || event.isComposing || event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target.closest(".draw-box")) name.focus();
    else if (typing || !box.press(event)) return;
    event.preventDefault();
    event.stopPropagation(); // these keys lead to no other page now
  }, { capture: true });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector(".primary");
    button.disabled = true;
    error.hidden = true;
    try {
      const answer = await request(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
      history.replaceState(history.state, "", answer.headers.get("HX-Redirect"));
      location.reload();
    } catch ({ message }) {
      error.textContent = message;
      error.hidden = false;
      button.disabled = false;
    }
  });

  for (const scripted of form.querySelectorAll("[data-drawn], [data-cancels]")) scripted.hidden = false;
  form.querySelector("[data-numbers]").open = false;
}
