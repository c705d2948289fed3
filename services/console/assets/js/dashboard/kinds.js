// The kinds of charts: which entries of a table each shows, and how ECharts is to draw them.
import { swatchColor } from "./palette.js";
import { between, namer } from "./periods.js";

const BAR = 26; // pixels that a bar and the space around it take
const FEW = 32; // periods that a line marks one by one
const MANY = 120; // whose bars are too thin for gaps
const GAP = 8;
const SIZE = 12;
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("fr"); // narrow spaces between thousands, as in the tables

export const number = (value) => whole.format(value);

// Each returns {entries, at(chart, [x, y]), option(colors, hidden)}: `at` says which entry is at a point. A donut's says its
// slices themselves.
export const KINDS = {
  bars: ({ rows }, { width, height }) => {
    const entries = titled(rows.slice(0, Math.max(3, Math.floor(height / BAR))));
    const named = Math.min(Math.max(...entries.map(({ name }) => widthOf(name))), width * 0.45);
    return {
      entries,
      at: (chart, [, y]) => within(entries, chart.convertFromPixel({ yAxisIndex: 0 }, y)),
      option: (colors) => ({
        grid: { left: named + GAP, right: 52, top: 0, height: entries.length * BAR },
        xAxis: { type: "value", show: false },
        yAxis: { ...names(entries, colors), inverse: true, axisLabel: { ...label(colors.text), width: named, overflow: "truncate", interval: 0 } },
        series: [
          {
            type: "bar",
            barWidth: BAR - 11,
            label: { ...label(colors.muted), show: true, position: "right", formatter: ({ value }) => number(value) },
            data: entries.map((row) => ({ value: row.counts[0], itemStyle: { ...bar(row, colors), borderRadius: 4 } })),
          },
        ],
      }),
    };
  },
  columns: ({ rows }) => ({
    entries: titled(rows),
    at: (chart, [x]) => within(rows, chart.convertFromPixel({ xAxisIndex: 0 }, x)),
    option: (colors) => ({
      ...axes(rows, colors),
      series: [
        {
          type: "bar",
          barCategoryGap: "25%",
          itemStyle: { borderRadius: [4, 4, 0, 0] },
          data: rows.map((row) => ({ value: row.counts[0], itemStyle: { color: colors[`series-${row.series}`] } })),
        },
      ],
    }),
  }),
  donut: ({ rows }) => ({
    entries: titled(rows),
    option: (colors) => ({
      series: [
        {
          type: "pie",
          radius: ["64%", "94%"],
          label: { show: false },
          emphasis: { scaleSize: 4 },
          itemStyle: { borderColor: colors.surface, borderWidth: 2 },
          data: rows.map((row) => ({ value: row.counts[0], name: row.name, itemStyle: { color: colors[`series-${row.series}`] } })),
        },
      ],
    }),
  }),
  time: ({ columns, rows }, { interval, first, last }) => {
    const known = new Map(rows.map((row) => [row.start, row]));
    const called = namer(interval);
    const entries = between(first, last, interval).map((start) => {
      const row = known.get(start) ?? { counts: columns.map(() => 0) };
      return { ...row, title: row.name ?? called(start), name: called(start) };
    });
    return {
      entries,
      at: (chart, [x]) => within(entries, chart.convertFromPixel({ xAxisIndex: 0 }, x)),
      option: (colors, hidden) => ({
        ...axes(entries, colors),
        series: columns.map((column, place) => ({
          ...(column.line ? line(entries) : { type: "bar", stack: "all", barCategoryGap: entries.length > MANY ? "0%" : "20%", barMaxWidth: 48 }),
          color: colors[`series-${column.series}`],
          data: hidden.has(place) ? [] : entries.map(({ counts }) => counts[place]),
        })),
      }),
    };
  },
};

const pen = document.createElement("canvas").getContext("2d");

function widthOf(text) {
  pen.font = `${SIZE}px ${family()}`;
  return Math.ceil(pen.measureText(text).width) + 4;
}
const family = () => getComputedStyle(document.body).fontFamily;
const titled = (rows) => rows.map((row) => ({ ...row, title: row.name }));
const within = (entries, place) => (place in entries ? place : undefined);
const label = (color) => ({ color, fontFamily: family(), fontSize: SIZE });

const names = (entries, colors) => ({
  type: "category",
  data: entries.map(({ name }) => name),
  axisTick: { show: false },
  axisLine: { show: false, lineStyle: { color: colors.line } },
});

const axes = (entries, colors) => ({
  grid: { left: 40, right: 8, top: 10, bottom: 24 },
  xAxis: { ...names(entries, colors), axisLine: { show: true, lineStyle: { color: colors.line } }, axisLabel: { ...label(colors.muted), hideOverlap: true } },
  yAxis: {
    type: "value",
    minInterval: 1,
    splitNumber: 4,
    axisLabel: { ...label(colors.muted), formatter: (value) => short.format(value) },
    splitLine: { lineStyle: { color: colors.line } },
  },
});

const line = (entries) => ({
  type: "line",
  symbol: "circle",
  symbolSize: entries.length === 1 ? 9 : 5, // one point has no line that shows where it is
  showSymbol: entries.length < FEW,
  lineStyle: { width: entries.length > MANY ? 1.5 : 2 },
  emphasis: { disabled: true },
});

function bar(row, colors) {
  if (!row.swatch) return { color: colors[`series-${row.series}`] };
  return { color: swatchColor(row.swatch) ?? colors["series-8"], borderColor: colors.line, borderWidth: 1 };
}
