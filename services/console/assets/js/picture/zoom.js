// The picture in full size, moved by dragging; the original takes the place of what was made for a screen.
export function zoom(stage) {
  const button = document.querySelector("[data-zoom]");
  const view = stage.querySelector("[data-view]"), canvas = stage.querySelector("[data-canvas]");
  const image = canvas.querySelector("img");
  const small = image.src;

  function toggle(at) {
    const on = !stage.classList.contains("zoomed");
    const box = canvas.getBoundingClientRect();
    const [across, down] = at ? [(at.clientX - box.left) / box.width, (at.clientY - box.top) / box.height] : [0.5, 0.5];
    stage.classList.toggle("zoomed", on);
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("span").textContent = on ? "Whole picture" : "Full size";
    const width = Math.max(Number(image.dataset.width ?? image.getAttribute("width")), view.clientWidth * 1.5);
    canvas.style.width = on ? `${width}px` : "";
    image.src = on ? image.dataset.original ?? small : small;
    if (on) view.scrollTo(canvas.clientWidth * across - view.clientWidth / 2, canvas.clientHeight * down - view.clientHeight / 2);
  }

  button.hidden = false;
  button.addEventListener("click", () => toggle());
  canvas.addEventListener("dblclick", (event) => {
    event.preventDefault();
    toggle(event);
  });
  image.addEventListener("error", () => {
    if (image.src !== small) image.src = small; // the original may be gone, or in a format that is not shown
  });
  image.draggable = false;
  drags(view, stage);
}

function drags(view, stage) {
  view.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button || !stage.classList.contains("zoomed")) return;
    const begun = { x: event.clientX + view.scrollLeft, y: event.clientY + view.scrollTop };
    const move = ({ clientX, clientY }) => {
      view.classList.add("dragging");
      view.scrollTo(begun.x - clientX, begun.y - clientY);
    };
    const end = () => {
      view.classList.remove("dragging");
      removeEventListener("pointermove", move);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
  });
}
