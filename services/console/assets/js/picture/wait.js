// Shows the page anew as soon as there is more to show; looks while it is in sight, and not for ever.
import { request } from "../parts/requests.js";

const LONGEST = 120_000; // milliseconds
const FIRST = 700, SLOWER = 1.25, SLOWEST = 4000;

export function wait(page) {
  if (page && page.dataset.again === undefined) forgetAgain();
  if (page?.dataset.waits === undefined) return;
  const { picture, version } = page.dataset;
  let pause = FIRST, waited = 0, leaving = false;
  document.addEventListener("submit", ({ target }) => { leaving ||= target.method === "post"; }); // what comes next is its answer

  async function look() {
    if (document.hidden) return void document.addEventListener("visibilitychange", look, { once: true });
    waited += pause;
    try {
      const state = await (await request(`/console/pictures/${picture}/state`)).json();
      if (leaving) return;
      if (state.version !== version && !document.querySelector(".drawing")) return location.reload();
    } catch (error) {
      if (error.status && error.status < 500) return; // asking again would not help
    }
    pause = Math.min(pause * SLOWER, SLOWEST);
    if (waited < LONGEST) setTimeout(look, pause);
    else giveUp();
  }
  setTimeout(look, pause);
}

// The address says that a new result is waited for; once it is there, it is an address like any other.
function forgetAgain() {
  const here = new URL(location.href);
  if (!here.searchParams.has("again")) return;
  here.searchParams.delete("again");
  history.replaceState(history.state, "", here);
}

function giveUp() {
  const words = document.querySelector("[data-waiting] p");
  if (words) words.textContent = "This takes longer than usual; the page System says what waits. Load this page anew to look again.";
}
