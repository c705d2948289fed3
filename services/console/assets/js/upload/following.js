// Follows stored pictures until they are recognized: one request for many, oldest first, less often while nothing happens.
import { request } from "../parts/requests.js";

const OFTEN = 1200; // milliseconds
const SELDOM = 8000;
const ASKED = 40; // times, after which others come first
const ENOUGH = 200; // times, after which nobody waits any more

// found(item, {state, what}); given up: found(item, null). Returns follow(item).
export function following(many, found) {
  const pending = [];
  let timer, pause = OFTEN, busy = false;

  async function ask() {
    clearTimeout(timer);
    if (busy || document.hidden || !pending.length) return;
    busy = true;
    const asked = pending.slice(0, many);
    const query = new URLSearchParams(asked.map((item) => ["id", item.imageId]));
    let news = [];
    try {
      news = (await (await request(`/console/upload/progress?${query}`)).json()).pictures;
    } catch (error) {
      if (error.status === 403) return void (pending.length = 0);
    } finally {
      busy = false;
    }
    settle(asked, new Map(news.map((picture) => [picture.id, picture])));
    pause = news.length ? OFTEN : Math.min(pause * 1.4, SELDOM);
    timer = setTimeout(ask, pause);
  }

  function settle(asked, news) {
    pending.splice(0, asked.length);
    const left = asked.filter((item) => {
      const picture = news.get(item.imageId);
      item.asked = (item.asked ?? 0) + 1;
      if (picture) found(item, picture);
      else if (item.asked >= ENOUGH) found(item, null);
      return !picture && item.asked < ENOUGH;
    });
    pending.unshift(...left.filter((item) => item.asked % ASKED));
    pending.push(...left.filter((item) => item.asked % ASKED === 0));
  }

  document.addEventListener("visibilitychange", ask);
  return (item) => {
    pending.push(item);
    pause = OFTEN;
    if (pending.length === 1) timer = setTimeout(ask, OFTEN / 2);
  };
}
