// What the server has a page say is said like everything else: it can be closed, goes by itself, and is read out.
import { toast } from "./toast.js";

for (const box of document.querySelectorAll("#toasts > .toast")) {
  const text = box.textContent;
  box.remove();
  setTimeout(() => toast(text, "success"), 100); // a live region tells of changes, not of what was there
}
