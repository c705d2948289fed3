// The part of the page that changes is asked for again every few seconds, while somebody looks.
import { parsed, request } from "./parts/requests.js";
import { localize } from "./parts/times.js";

const EVERY = 5000; // milliseconds
const PATIENCE = 20000;

const live = document.querySelector("[data-live]");
let due;
schedule();

document.addEventListener("visibilitychange", () => {
  clearTimeout(due);
  if (!document.hidden) refresh();
});

function schedule() {
  clearTimeout(due); // of another answer that came meanwhile
  due = setTimeout(refresh, EVERY);
}

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await request(live.dataset.live, { signal: AbortSignal.timeout(PATIENCE) });
    show(parsed(await answer.text()));
  } catch {
    const at = live.querySelector(".system-at");
    if (!at.classList.contains("stale")) at.append(". Onlooker has not answered since.");
    at.classList.add("stale");
  }
  schedule();
}

function show(page) {
  const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
  localize(page);
  live.replaceChildren(...page.body.childNodes);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
