// The files that are to be sent: a few at once, in their order, tried again by themselves where that may help.
import { numbered } from "./names.js";
import { send } from "./sending.js";

const AT_ONCE = 3;
const TRIES = 5;
const PAUSE = 1000; // milliseconds before the second try, doubled before each further one
const MOST_NUMBERS = 50;
const TAKEN = "A picture of this name is there already";
const TAKEN_PERHAPS_BY_ITSELF = `${TAKEN}, perhaps this one: no answer came to the first try`;

// An item: {file, bucket, key, existing, follow} from outside; state, note, sent, imageId are kept here. States: waiting,
// sending, stored (it is followed, until it is recognized or failed), kept (it is not), taken, refused, trouble, cancelled.
export const GROUPS = {
  waiting: "active",
  sending: "active",
  stored: "done",
  kept: "done",
  recognized: "done",
  failed: "done",
  taken: "problem",
  refused: "problem",
  trouble: "problem",
  cancelled: "problem",
};

export class Queue {
  #waiting = [];
  #running = new Map(); // from items to their cancel()
  #paused = false;

  // changed(item): something about it is different. signedOut(): nothing more is sent until resume().
  constructor({ changed, signedOut }) {
    this.changed = changed;
    this.signedOut = signedOut;
  }

  add(item) {
    Object.assign(item, { tries: 0, numbers: 0, sent: 0 });
    this.#enqueue(item);
  }

  again(item, existing = item.existing) {
    Object.assign(item, { existing, tries: 0 });
    this.#enqueue(item);
  }

  cancel(item) {
    this.#waiting = this.#waiting.filter((other) => other !== item);
    clearTimeout(item.timer);
    this.#running.get(item)?.();
    if (GROUPS[item.state] === "active") this.#set(item, "cancelled", "Cancelled", 0);
  }

  resume() {
    this.#paused = false;
    this.#next();
  }

  #enqueue(item) {
    this.#waiting.push(item);
    this.#set(item, "waiting", "Waiting", 0);
    queueMicrotask(() => this.#next());
  }

  #set(item, state, note, sent = item.sent) {
    Object.assign(item, { state, note, sent });
    this.changed(item);
  }

  #next() {
    while (!this.#paused && this.#running.size < AT_ONCE && this.#waiting.length) this.#send(this.#waiting.shift());
  }

  async #send(item) {
    if (item.existing === "number" && item.taken) item.key = numbered(item.key);
    this.#set(item, "sending", "", 0);
    const { done, cancel } = send({ ...item, replace: item.existing === "replace" }, (sent) => {
      this.#set(item, "sending", sent < item.file.size ? "" : "Being stored", Math.min(sent, item.file.size));
    });
    this.#running.set(item, cancel);
    const answer = await done;
    this.#running.delete(item);
    if (answer) this.#settle(item, answer);
    this.#next();
  }

  #settle(item, { outcome, words, imageId }) {
    item.taken = outcome === "taken";
    if (outcome === "stored") {
      item.imageId = imageId;
      this.#set(item, item.follow ? "stored" : "kept", item.follow ? "Being recognized" : "Stored", item.file.size);
    } else if (outcome === "taken" && item.existing === "number" && item.numbers++ < MOST_NUMBERS) {
      this.#waiting.unshift(item);
      this.#set(item, "waiting", "Its name is taken: trying the next number", 0);
    } else if (outcome === "taken") {
      this.#set(item, "taken", item.tries ? TAKEN_PERHAPS_BY_ITSELF : TAKEN, 0);
    } else if (outcome === "signedOut") {
      this.#paused = true;
      this.#waiting.unshift(item);
      this.#set(item, "waiting", "Waiting for you to sign in", 0);
      this.signedOut();
    } else if (outcome === "later" && ++item.tries < TRIES) {
      item.timer = setTimeout(() => {
        this.#waiting.unshift(item);
        this.#next();
      }, PAUSE * 2 ** (item.tries - 1));
      this.#set(item, "waiting", `Trying again in a moment. ${words}`, 0);
    } else this.#set(item, outcome === "refused" ? "refused" : "trouble", words, 0);
  }
}
