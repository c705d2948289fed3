// Boxes of a kind, and all of them, are switched on and off; this browser remembers it.
const MEMORY = "onlooker.boxes";

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY)) ?? {};
  } catch {
    return {};
  }
}

export function groups(stage) {
  const buttons = [...document.querySelectorAll("[data-group]")];
  const off = remembered();
  const show = (button, on) => {
    button.setAttribute("aria-pressed", String(on));
    stage.classList.toggle(`without-${button.dataset.group}`, !on);
  };
  const change = (button, on) => {
    show(button, on);
    off[button.dataset.group] = !on;
    localStorage.setItem(MEMORY, JSON.stringify(off));
  };
  for (const button of buttons) {
    button.hidden = false;
    show(button, !off[button.dataset.group]);
    button.addEventListener("click", () => change(button, button.getAttribute("aria-pressed") !== "true"));
  }
  document.addEventListener("boxestoggle", () => {
    const any = buttons.some((button) => button.getAttribute("aria-pressed") === "true");
    for (const button of buttons) change(button, !any);
  });
}
