// What can be copied, and the JSON, which comes when somebody unfolds it.
import { request } from "../parts/requests.js";
import { toast } from "../parts/toast.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(textOf(document.querySelector(button.dataset.copy)));
    toast("Copied.", "success");
  });
}

// The text of an element, an item of a list a line, without what is said aside.
function textOf(element) {
  const items = [...element.querySelectorAll(":scope > li")];
  if (!items.length) return element.textContent;
  return items.map((item) => item.firstElementChild.textContent).join("\n");
}

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
