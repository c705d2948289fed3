// The names of days and months in the reader's language: "Today", "Saturday, 21 November 2026". The server is told the reader's
// time zone, by which it puts pictures together.
const DAY = 24 * 3600 * 1000;
const YEAR = 365 * 24 * 3600;
const names = {
  day: new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }),
  month: new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric", timeZone: "UTC" }),
};
const iso = new Intl.DateTimeFormat("sv", { dateStyle: "short" }); // Swedes write dates as ISO 8601 does
export const LETTERS = { day: 10, month: 7, nothing: 0 }; // of a date, that are alike in one group

document.cookie = `onlooker_zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/console; max-age=${YEAR}; samesite=lax`;

export function nameDays(root) {
  const [today, yesterday] = [iso.format(), iso.format(Date.now() - DAY)];
  for (const time of root.querySelectorAll("time[data-day-name]")) {
    const whole = time.dateTime.length === LETTERS.month ? names.month : names.day;
    time.title = whole.format(new Date(time.dateTime));
    time.textContent = { [today]: "Today", [yesterday]: "Yesterday" }[time.dateTime] ?? time.title;
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
