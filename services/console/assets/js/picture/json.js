// The JSON, which comes when somebody unfolds it.
import { request } from "../parts/requests.js";
import { toast } from "../parts/toast.js";

const json = document.querySelector("[data-json]");
json?.addEventListener("toggle", async () => {
  const [place, frame] = [json.querySelector("code"), json.querySelector("pre")];
  if (!json.open || place.textContent) return;
  try {
    place.textContent = await (await request(json.dataset.json)).text();
    frame.hidden = false;
  } catch (error) {
    toast(error.message, "error");
  }
});
