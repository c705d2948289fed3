// <button data-copy="SELECTOR" hidden> copies the text of an element, where the browser lets it.
import { toast } from "./toast.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(textOf(document.querySelector(button.dataset.copy)));
      toast("Copied.", "success");
    } catch {
      toast("The browser does not let it be copied. Select it, then copy it.", "error");
    }
  });
}

// The text of an element, an item of a list a line, without what is said aside.
function textOf(element) {
  const items = [...element.querySelectorAll(":scope > li")];
  if (!items.length) return element.textContent;
  return items.map((item) => item.firstElementChild.textContent).join("\n");
}
