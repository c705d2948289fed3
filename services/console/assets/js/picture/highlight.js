// A box and its entry in the lists light up together; in the picture, arrow keys lead from box to box.
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const LETTERS = 13; // pixels, see stage.css

export function highlight(overlay) {
  if (!overlay) return;
  const boxes = [...overlay.querySelectorAll(".box")];
  const inSight = () => boxes.filter((box) => getComputedStyle(box).display !== "none");
  const entry = (box) => document.getElementById(box.dataset.for);

  function light(id, on) {
    for (const box of boxes) if (box.dataset.for === id) box.classList.toggle("lit", on);
    document.getElementById(id)?.classList.toggle("lit", on);
  }
  for (const box of boxes) {
    box.addEventListener("pointerenter", () => light(box.dataset.for, true));
    box.addEventListener("pointerleave", () => light(box.dataset.for, false));
    box.addEventListener("focus", () => light(box.dataset.for, true));
    box.addEventListener("blur", () => light(box.dataset.for, false));
    box.addEventListener("click", (event) => {
      event.preventDefault();
      const found = entry(box);
      if (!found) return;
      if (found.nodeName === "DETAILS") found.open = true;
      found.scrollIntoView({ block: "nearest", behavior: "smooth" });
      found.querySelector("summary, a")?.focus({ preventScroll: true });
    });
  }
  for (const found of document.querySelectorAll("[data-entry]")) {
    const id = found.dataset.entry;
    for (const event of ["pointerenter", "focusin"]) found.addEventListener(event, () => light(id, true));
    for (const event of ["pointerleave", "focusout"]) found.addEventListener(event, () => light(id, false));
  }
  overlay.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const all = inSight();
    const next = all.at((all.indexOf(document.activeElement) + step) % all.length);
    for (const box of boxes) box.setAttribute("tabindex", box === next ? "0" : "-1");
    next?.focus();
  });
  measure(overlay);
}

// Letters stay as large as others on the page, however large the picture is shown.
function measure(overlay) {
  const resize = () => {
    const { width, height } = overlay.getBoundingClientRect();
    if (!width || !height) return;
    const unit = 1 / Math.min(width / overlay.dataset.width, height / overlay.dataset.height);
    overlay.style.setProperty("--unit", unit);
    overlay.classList.add("measured");
    for (const words of overlay.querySelectorAll("text")) fit(words, overlay, unit);
  };
  new ResizeObserver(resize).observe(overlay);
}

// Moves words that would stick out at the right.
function fit(words, overlay, unit) {
  words.x.baseVal[0].value = Number((words.dataset.x ??= words.getAttribute("x")));
  const room = overlay.dataset.width - words.x.baseVal[0].value - words.textContent.length * LETTERS * 0.62 * unit;
  if (room < 0) words.x.baseVal[0].value = Math.max(words.x.baseVal[0].value + room, 4 * unit);
}
