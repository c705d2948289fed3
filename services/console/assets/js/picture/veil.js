// A sensitive picture is veiled until somebody wants to see it, or has said in the gallery that such are to be shown.
import { shown } from "../parts/sensitive.js";

export function unveil(stage) {
  const box = stage.querySelector("[data-unveil]");
  if (box && shown()) box.checked = true;
}
