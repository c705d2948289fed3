// Draws a panel's table, says what is under the pointer, and leads to the pictures that a bar counts.
import { init } from "./echarts.js";
import { KINDS, number } from "./kinds.js";
import { links, toggles } from "./legend.js";
import { onTheme, palette } from "./palette.js";
import { follow, visit } from "./pointer.js";
import { both, read } from "./table.js";
import { tip } from "./tip.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");

export function draw(place) {
  const table = read(place.querySelector("table"));
  const sheet = lay(place);
  const { hidden, list } = toggles(table.columns, () => paint());
  const chart = init(sheet, null, { renderer: "canvas" }); // empties the sheet
  if (place.dataset.chart === "donut") {
    sheet.append(middle(table));
    place.append(links(table.rows));
  } else if (table.columns.length > 1) place.append(list);
  const words = tip(sheet);
  let colors, kind;

  function paint() {
    colors = palette(place);
    kind = KINDS[place.dataset.chart](table, { width: sheet.clientWidth, height: sheet.clientHeight, ...place.dataset });
    chart.setOption({ animation: !still.matches, animationDuration: 250, ...kind.option(colors, hidden) }, { notMerge: true });
  }
  // Those of an entry's counts that can be seen, unless there is only one.
  const lines = ({ counts, share, series }) =>
    table.columns.flatMap((column, place) => {
      const count = counts[place];
      if (table.columns.length === 1) return { name: column.name, value: [number(count), share].filter(Boolean).join(" · "), color: colors[`series-${series}`] };
      return count && !hidden.has(place) ? { name: column.name, value: number(count), color: colors[`series-${column.series}`] } : [];
    });

  paint();
  follow(chart, {
    at: (point) => kind.at?.(chart, point),
    over: (place, point) => words.show(kind.entries[place].title, lines(kind.entries[place]), point),
    out: words.hide,
    go: (place, series, event) => kind.entries[place].href && visit(both(kind.entries[place], table.columns[series]), event),
  });
  onTheme(() => requestAnimationFrame(paint));
  new ResizeObserver(() => {
    if (!sheet.clientWidth) return; // the table is shown in its place
    chart.resize();
    paint();
  }).observe(sheet);
}

// Adds what is drawn on; from now on the table is seen only if wanted.
function lay(place) {
  const heading = place.closest(".panel").querySelector("h2").textContent;
  const sheet = place.appendChild(Object.assign(document.createElement("div"), { className: "chart-sheet", role: "img" }));
  sheet.ariaLabel = `${heading}, as a chart. The button “${heading} as a table” shows the figures.`;
  place.dataset.drawn = "";
  return sheet;
}

// What a donut is a whole of.
function middle({ columns, rows }) {
  const box = Object.assign(document.createElement("div"), { className: "chart-middle", textContent: columns[0].name.toLowerCase() });
  box.prepend(Object.assign(document.createElement("b"), { textContent: number(rows.reduce((sum, { counts }) => sum + counts[0], 0)) }));
  return box;
}
