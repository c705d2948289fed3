// htmx's requests carry the session's token; what goes wrong is told, in the server's words.
import htmx from "htmx.org";
import { csrfToken, errorText } from "./requests.js";
import { toast } from "./toast.js";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = csrfToken();
});
document.addEventListener("htmx:responseError", (event) => {
  toast(errorText(event.detail.xhr.responseText) || `The answer was ${event.detail.xhr.status}.`, "error");
});
for (const away of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(away, () => {
    toast("Onlooker does not answer. Check your connection, then try again.", "error");
  });
}

export { htmx };
