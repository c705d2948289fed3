// A sensitive picture is veiled until somebody wants to see it, or has said in the gallery that such are to be shown.
const MEMORY = "onlooker.sensitive";

export function unveil(stage) {
  const box = stage.querySelector("[data-unveil]");
  if (box && localStorage.getItem(MEMORY) === "show") box.checked = true;
}
