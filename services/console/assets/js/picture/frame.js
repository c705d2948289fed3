// A box over the picture, in the picture's pixels: it is drawn, moved and pulled at its corners, with a pointer or by keys.
const SMALLEST = 8; // pixels of the picture: in less nobody sees a face
const STEP = 0.01; // of the picture's longer side, with a key
const GRIP = 6, REACH = 18; // pixels of the screen: how large a corner is shown, and from how far it is pulled
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const within = (value, low, high) => Math.min(Math.max(value, low), high);

// `changed` is told of each change; of one by a pointer, when it ends, with the event and whether the box is a new one.
export function frame(layer, changed) {
  const { width, height } = layer.viewBox.baseVal;
  const [shade, body] = [layer.querySelector(".draw-shade"), layer.querySelector(".draw-box")];
  const [rect, grips, corners] = [body.querySelector("rect"), body.querySelectorAll(".draw-grip"), body.querySelectorAll("[data-corner]")];
  let box = { x: 0, y: 0, width, height };

  function place(wanted) {
    const [across, down] = [within(wanted.width, 0, width), within(wanted.height, 0, height)];
    box = { x: within(wanted.x, 0, width - across), y: within(wanted.y, 0, height - down), width: across, height: down };
    for (const [name, value] of Object.entries(box)) rect.setAttribute(name, value);
    shade.setAttribute("d", `M0 0H${width}V${height}H0ZM${box.x} ${box.y}v${down}h${across}v${-down}Z`);
    for (const [at, corner] of corners.entries()) {
      const [x, y] = cornerOf(box, corner.dataset.corner);
      for (const circle of [grips[at], corner]) {
        circle.setAttribute("cx", x);
        circle.setAttribute("cy", y);
      }
    }
  }
  function measure() {
    const unit = 1 / (layer.getScreenCTM()?.a || 1);
    for (const grip of grips) grip.setAttribute("r", GRIP * unit);
    for (const corner of corners) corner.setAttribute("r", REACH * unit);
  }
  function at({ clientX, clientY }) {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(layer.getScreenCTM().inverse());
    return [within(x, 0, width), within(y, 0, height)];
  }

  layer.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    event.stopPropagation();
    layer.setPointerCapture(event.pointerId);
    const before = box, [x, y] = at(event);
    const { corner } = event.target.dataset, moved = event.target === rect;
    const [fixedX, fixedY] = corner ? cornerOf(box, OPPOSITE[corner]) : [x, y];
    const move = (to) => {
      const [toX, toY] = at(to);
      if (moved) place({ ...before, x: before.x + toX - x, y: before.y + toY - y });
      else place({ x: Math.min(fixedX, toX), y: Math.min(fixedY, toY), width: Math.abs(toX - fixedX), height: Math.abs(toY - fixedY) });
    };
    const end = (how) => {
      layer.removeEventListener("pointermove", move);
      layer.removeEventListener("pointerup", end);
      layer.removeEventListener("pointercancel", end);
      const tooSmall = box.width < SMALLEST || box.height < SMALLEST; // a click, which draws nothing
      if (how.type === "pointercancel" || tooSmall) place(before);
      else changed(box, how, !moved && !corner);
    };
    layer.addEventListener("pointermove", move);
    layer.addEventListener("pointerup", end);
    layer.addEventListener("pointercancel", end);
  });
  layer.addEventListener("dblclick", (event) => event.stopPropagation()); // no larger picture in the middle of drawing
  new ResizeObserver(measure).observe(layer);

  return {
    place,
    focus: () => body.focus({ preventScroll: true }),
    // Moves the box by an arrow key, or changes its size with Shift; returns whether the key was one.
    press({ key, shiftKey }) {
      const arrow = ARROWS[key];
      if (!arrow) return false;
      const [x, y] = arrow.map((way) => way * STEP * Math.max(width, height));
      const { width: across, height: down } = box;
      if (!shiftKey) place({ ...box, x: box.x + x, y: box.y + y });
      else place({ ...box, width: within(across + x, SMALLEST, width - box.x), height: within(down + y, SMALLEST, height - box.y) });
      changed(box);
      return true;
    },
  };
}

const OPPOSITE = { nw: "se", ne: "sw", sw: "ne", se: "nw" };
const cornerOf = ({ x, y, width, height }, corner) => [corner.endsWith("w") ? x : x + width, corner.startsWith("n") ? y : y + height];
