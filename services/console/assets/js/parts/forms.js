// A form is sent once, however often its button is clicked.
const AGAIN = 5000; // milliseconds after which it can be sent again: perhaps no answer came

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("sent" in form.dataset) return event.preventDefault();
  form.dataset.sent = "";
  setTimeout(() => delete form.dataset.sent, AGAIN);
});
