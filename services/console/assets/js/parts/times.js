// <time datetime data-local> in the reader's own time zone and language, also in what htmx brings later.
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

export function localize(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.textContent = (time.dataset.local === "clock" ? clock : format).format(moment);
    time.title = exact.format(moment);
  }
}

localize(document);
document.addEventListener("htmx:afterSwap", (event) => localize(event.detail.elt));
