// Keys and swipes that lead to other pictures; the dialog behind "?" lists them.
const FAR = 60, STRAIGHT = 40; // pixels of a swipe along and across

const follow = (selector) => document.querySelector(selector)?.click();
const ACTIONS = {
  ArrowLeft: () => follow('a[rel="prev"]'),
  ArrowRight: () => follow('a[rel="next"]'),
  Escape: () => follow(document.querySelector(".zoomed") ? "[data-zoom]" : '[data-key="Escape"]'),
  b: () => document.dispatchEvent(new CustomEvent("boxestoggle")),
  d: () => follow("[data-draw] > summary"),
  z: () => follow("[data-zoom]"),
  "?": () => follow('[data-key="?"]'),
};

export function keys(stage) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, pre, dialog") || document.querySelector("dialog[open]")) return;
    const action = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  for (const link of document.querySelectorAll("[data-dialog]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(link.dataset.dialog).showModal();
    });
  }
  for (const keep of document.querySelectorAll("dialog [data-keeps]")) {
    keep.addEventListener("click", (event) => {
      event.preventDefault();
      keep.closest("dialog").close();
    });
  }
  if (stage) swipes(stage);
}

function swipes(stage) {
  let begun;
  stage.addEventListener("touchstart", ({ touches }) => {
    const alone = touches.length === 1 && !stage.matches(".zoomed, .drawing") && (visualViewport?.scale ?? 1) === 1;
    begun = alone ? touches[0] : undefined;
  }, { passive: true });
  stage.addEventListener("touchend", ({ changedTouches: [end] }) => {
    if (!begun) return;
    const along = end.clientX - begun.clientX;
    if (Math.abs(along) > FAR && Math.abs(end.clientY - begun.clientY) < STRAIGHT) follow(`a[rel="${along > 0 ? "prev" : "next"}"]`);
    begun = undefined;
  }, { passive: true });
}
