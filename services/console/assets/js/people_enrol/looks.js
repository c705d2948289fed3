// Asks whether the picture that a camera has just now would do to enrol somebody.
import { request } from "../parts/requests.js";

const SIDE = 960, QUALITY = 0.85; // of what is looked at; what is taken is larger
const PATIENCE = 10000;
const WORDS = {
  no_face: "No face is seen yet. Look into the camera.",
  several_faces: "More than one face is seen. Only one may be there.",
  too_small: "Come closer.",
  too_blurred: "Hold still: the face is blurred.",
  too_dark: "More light on the face, please.",
};
const GOOD = "Good. Take the picture.";

// Returns its size, the faces' boxes, words and whether it is good; null where the camera has no picture yet.
export async function look(video) {
  const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
  if (!video.videoWidth) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth * scale, height: video.videoHeight * scale });
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  const body = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  try {
    const answer = await request("/console/people/look", { method: "POST", headers: { "Content-Type": "image/jpeg" }, body, signal: AbortSignal.timeout(PATIENCE) });
    const seen = await answer.json();
    return { ...seen, good: !seen.reason, words: seen.reason ? (WORDS[seen.reason] ?? seen.words) : GOOD };
  } catch (error) {
    return { faces: [], good: false, words: error.name === "TimeoutError" ? "Whether it would do is not known just now." : error.message };
  }
}
