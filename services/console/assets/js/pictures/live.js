// New pictures appear by themselves, while the page is in sight (https://html.spec.whatwg.org/multipage/server-sent-events.html).
import { request } from "../parts/requests.js";
import { newcomers } from "./newcomers.js";

const AGAIN = 10_000; // milliseconds after which is tried again where the browser does not do so itself

export function live(gallery) {
  const receive = newcomers(gallery);
  const state = document.querySelector("[data-live-state]");
  let source, timer, since = gallery.dataset.since;
  let ended = 0; // times in a row; once is in good order, every two minutes

  function tell(kind, title) {
    state.dataset.liveState = kind;
    state.title = title;
  }
  function close() {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  }
  function open() {
    close();
    if (document.hidden) return;
    const query = new URLSearchParams(gallery.dataset.query);
    query.set("since", since);
    source = new EventSource(`/console/pictures/live?${query}`);
    source.addEventListener("open", () => {
      ended = 0;
      tell("on", "New pictures appear by themselves");
    });
    source.addEventListener("error", () => {
      const over = source?.readyState === EventSource.CLOSED; // else it begins again by itself
      if (!over && !ended++) return;
      tell("trouble", "New pictures do not appear by themselves just now");
      if (!over) return;
      timer = setTimeout(open, AGAIN);
      request("/console/pictures/suggestions").catch(() => {}); // leads to the sign-in page if the session is over
    });
    source.addEventListener("change", (event) => {
      since = event.lastEventId || since;
      const change = JSON.parse(event.data);
      if (change.trouble) tell("trouble", change.trouble);
      else tell("on", "New pictures appear by themselves");
      receive(change);
    });
  }

  state.hidden = false;
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  document.addEventListener("boxeschange", open);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
}
