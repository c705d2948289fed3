// Days' names in the reader's language: "Today", "Saturday, 21 November". Days are those of UTC, as in the index.
const DAY = 24 * 3600 * 1000;
const name = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export function dayName(date) {
  const today = new Date().toISOString().slice(0, 10);
  const yesterday = new Date(Date.now() - DAY).toISOString().slice(0, 10);
  return { [today]: "Today", [yesterday]: "Yesterday" }[date] ?? name.format(new Date(`${date}T00:00:00Z`));
}

export function nameDays(root) {
  for (const time of root.querySelectorAll("time[data-day-name]")) {
    time.title = name.format(new Date(`${time.dateTime}T00:00:00Z`));
    time.textContent = dayName(time.dateTime);
  }
}

// A new day's section, with its place for tiles.
export function newDay(date) {
  const [section, heading, time, list] = ["section", "h2", "time", "ul"].map((tag) => document.createElement(tag));
  section.className = "day";
  section.dataset.day = date;
  list.className = "tiles";
  time.dateTime = date;
  time.dataset.dayName = "";
  heading.append(time);
  section.append(...(date ? [heading] : []), list);
  nameDays(section);
  return section;
}
