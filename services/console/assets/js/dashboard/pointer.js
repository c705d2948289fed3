// What somebody points at in a chart, and follows by clicking. A finger cannot hover: its first tap points.
const touch = matchMedia("(hover: none)");

// `at` returns the number of the entry at [x, y]; undefined: what is drawn there says it.
export function follow(chart, { at, over, out, go }) {
  const drawing = chart.getZr();
  let part, pointed, tapped;

  chart.on("mouseover", ({ seriesIndex, dataIndex }) => (part = { seriesIndex, dataIndex }));
  chart.on("mouseout", () => (part = undefined));
  const where = ({ offsetX, offsetY }) => at([offsetX, offsetY]) ?? part?.dataIndex;

  function point(entry, event) {
    if (entry !== pointed) {
      if (pointed !== undefined) chart.dispatchAction({ type: "downplay" });
      if (entry !== undefined) chart.dispatchAction({ type: "highlight", dataIndex: entry });
      pointed = entry;
    }
    if (entry === undefined) return out();
    over(entry, [event.offsetX, event.offsetY]);
    drawing.setCursorStyle("pointer");
  }
  drawing.on("mousemove", (event) => point(where(event), event));
  drawing.on("globalout", () => point(undefined));
  drawing.on("click", (event) => {
    const entry = where(event);
    point(entry, event);
    if (entry === undefined) return;
    if (touch.matches && tapped !== entry) tapped = entry;
    else go(entry, part?.seriesIndex, event.event);
  });
}

// Goes to an address as a link would.
export function visit(address, { ctrlKey, metaKey }) {
  if (ctrlKey || metaKey) open(address, "_blank", "noopener");
  else location.assign(address);
}
