// Which colour is what. Over time each can be left out and put back; a donut's lead to their pictures.
export function toggles(columns, changed) {
  const hidden = new Set();
  const buttons = columns.map((column, place) => {
    const button = Object.assign(document.createElement("button"), { type: "button", ariaPressed: "true", title: "Leave out or put back" });
    button.append(dot(column.series), name(column.name));
    button.addEventListener("click", () => {
      if (!hidden.delete(place)) hidden.add(place);
      button.ariaPressed = String(!hidden.has(place));
      changed();
    });
    return button;
  });
  return { hidden, list: list(buttons) };
}

export const links = (rows) =>
  list(
    rows.map((row) => {
      const link = Object.assign(document.createElement("a"), { href: row.href });
      link.append(dot(row.series), name(row.name), Object.assign(document.createElement("b"), { textContent: row.share }));
      return link;
    }),
  );

function list(children) {
  const made = Object.assign(document.createElement("ul"), { className: "chart-legend" });
  for (const child of children) made.appendChild(document.createElement("li")).append(child);
  return made;
}

const dot = (series) => Object.assign(document.createElement("i"), { className: `dot dot-${series}` });
const name = (text) => Object.assign(document.createElement("span"), { textContent: text, dir: "auto" });
