// Follows stored pictures until they are recognized: one request for many, oldest first, less often while nothing happens.
const OFTEN = 1200; // milliseconds
const SELDOM = 8000;
const ASKED = 40; // times, after which others come first
const ENOUGH = 200; // times, after which nobody waits any more

// found(item, {state, what}); given up: found(item, null). signedOut(): nothing more is asked until resume().
export function following(many, { found, signedOut }) {
  const pending = [];
  let timer, pause = OFTEN, busy = false;

  async function ask() {
    clearTimeout(timer);
    if (busy || document.hidden || !pending.length) return;
    busy = true;
    const asked = pending.slice(0, many);
    const query = new URLSearchParams(asked.map((item) => ["id", item.imageId]));
    const answer = await fetch(`/console/upload/progress?${query}`).catch(() => null);
    busy = false;
    if (answer?.status === 401) return signedOut();
    if (answer?.status === 403) return void (pending.length = 0); // somebody else signed in here meanwhile
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    const news = told?.pictures ?? [];
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
  return {
    follow(item) {
      pending.push(item);
      pause = OFTEN;
      if (pending.length === 1) timer = setTimeout(ask, OFTEN / 2);
    },
    resume: ask,
  };
}
