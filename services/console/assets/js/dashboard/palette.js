// The design's colours as charts need them: red, green and blue, of the theme that is on.
const NAMES = ["text", "muted", "line", "surface", ...Array.from({ length: 9 }, (_, n) => `series-${n + 1}`)];
const pixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
  willReadFrequently: true,
});

export function palette(place) {
  const probe = place.appendChild(document.createElement("span"));
  probe.style.transitionProperty = "none"; // else it is still the colour before
  const found = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, plain(getComputedStyle(probe).color)];
  });
  probe.remove();
  return Object.fromEntries(found);
}

// The colour that a swatch shows; undefined if it shows several.
export function swatchColor(swatch) {
  const style = getComputedStyle(swatch);
  return style.backgroundImage === "none" ? style.backgroundColor : undefined;
}

// Calls back when the theme becomes another one, by the button or by the system.
export function onTheme(changed) {
  document.addEventListener("themechange", changed);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

function plain(color) {
  pixel.fillStyle = color;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}
