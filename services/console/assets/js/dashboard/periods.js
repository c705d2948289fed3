// All periods between two, in UTC and as the server writes them, and what an axis calls them.
const MOST = 1000; // more than the page offers; whoever wrote the address by hand sees the first ones
const SECONDS = { day: 86400, hour: 3600, minute: 60 };
const WRITTEN = { month: 7, day: 10, hour: 20, minute: 20 }; // characters of 2026-11-21T14:00:00Z
const STYLES = {
  month: { month: "short", year: "numeric" },
  day: { day: "numeric", month: "short" },
  hour: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

export function between(first, last, interval) {
  const starts = [];
  for (let start = first; start <= last && starts.length < MOST; start = following(start, interval)) starts.push(start);
  return starts;
}

export function namer(interval) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...STYLES[interval] });
  return (start) => format.format(new Date(start));
}

function following(start, interval) {
  const moment = new Date(start);
  if (interval === "month") moment.setUTCMonth(moment.getUTCMonth() + 1);
  else moment.setTime(moment.getTime() + SECONDS[interval] * 1000);
  const written = moment.toISOString().replace(".000", "");
  return written.slice(0, WRITTEN[interval]);
}
