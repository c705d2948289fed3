// What is under the pointer, in words beside it.
const AWAY = 14; // pixels from the pointer

export function tip(sheet) {
  const box = sheet.appendChild(Object.assign(document.createElement("div"), { className: "chart-tip", hidden: true, ariaHidden: "true" }));
  return {
    hide() {
      box.hidden = true;
    },
    show(title, lines, [x, y]) {
      box.replaceChildren(named("strong", title), ...lines.map(line));
      box.hidden = false;
      const left = x + AWAY + box.offsetWidth > sheet.clientWidth ? x - AWAY - box.offsetWidth : x + AWAY;
      const top = Math.min(y + AWAY, sheet.clientHeight - box.offsetHeight);
      box.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, top)}px)`;
    },
  };
}

function line({ name, value, color }) {
  const row = Object.assign(document.createElement("span"), { className: "chart-tip-line" });
  const dot = Object.assign(document.createElement("i"), { className: "dot" });
  dot.style.background = color;
  row.append(dot, named("span", name), named("b", value));
  return row;
}

function named(tag, text) {
  const element = Object.assign(document.createElement(tag), { textContent: text });
  element.dir = "auto";
  return element;
}
