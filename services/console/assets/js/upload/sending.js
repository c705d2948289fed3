// One file on its way. XMLHttpRequest, because fetch() does not say how much of a body has been sent.
import { csrfToken, parsed } from "../parts/requests.js";

const AWAY = "Onlooker does not answer.";

// What an answer means for a file: stored, taken (its name), refused (for good), later (try again by itself), trouble
// (somebody can try again), signedOut.
export function meaning(status) {
  if (status === 200) return "stored";
  if (status === 401) return "signedOut";
  if (status === 412) return "taken";
  if ([0, 408, 409, 429, 502, 503, 504].includes(status)) return "later";
  return [400, 404, 413, 414, 415, 422].includes(status) ? "refused" : "trouble";
}

// Returns {done, cancel}: done is {outcome, words, imageId}, null after cancel.
export function send({ bucket, key, file, replace }, sent) {
  const xhr = new XMLHttpRequest();
  const done = new Promise((resolve) => {
    const finish = () => {
      const outcome = meaning(xhr.status);
      if (outcome === "stored") resolve({ outcome, words: "", imageId: JSON.parse(xhr.responseText).image_id });
      else resolve({ outcome, words: wordsIn(xhr.responseText) || (xhr.status ? `The answer was ${xhr.status}.` : AWAY) });
    };
    xhr.addEventListener("load", finish);
    xhr.addEventListener("error", finish);
    xhr.addEventListener("abort", () => resolve(null));
  });
  xhr.upload.addEventListener("progress", (event) => sent(event.loaded));
  xhr.open("PUT", `/console/upload/${encodeURIComponent(bucket)}/${encodeURIComponent(key)}`);
  xhr.setRequestHeader("X-CSRF-Token", csrfToken());
  if (!replace) xhr.setRequestHeader("If-None-Match", "*");
  xhr.send(file);
  return { done, cancel: () => xhr.abort() };
}

// What an error's fragment says, without its title: a row is short.
function wordsIn(html) {
  const words = parsed(html).querySelector(".note-error p");
  words?.querySelector("strong")?.remove();
  return words?.textContent.trim();
}

// After signing in anew in another tab: takes that session's token. Returns whether there is a session.
export async function renewToken() {
  const answer = await fetch("/console/upload", { headers: { "HX-Request": "true" } });
  if (!answer.ok) return false;
  const page = parsed(await answer.text());
  document.querySelector('meta[name="csrf-token"]').content = page.querySelector('meta[name="csrf-token"]').content;
  return true;
}
