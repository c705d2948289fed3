// The theme: follows the system, or is light or dark. The server reads the cookie, so that no page flashes.
const THEMES = ["auto", "light", "dark"];
const WORDS = { auto: "Theme: as the system's", light: "Theme: light", dark: "Theme: dark" };
const YEAR = 365 * 24 * 3600;
const root = document.documentElement;
const toggle = document.querySelector("[data-theme-toggle]");

function show(theme) {
  root.dataset.theme = theme;
  toggle.title = toggle.ariaLabel = WORDS[theme];
}

if (toggle) {
  toggle.hidden = false;
  show(root.dataset.theme);
  toggle.addEventListener("click", () => {
    const theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    document.cookie = `onlooker_theme=${theme}; path=/console; max-age=${YEAR}; samesite=lax`;
    show(theme);
    document.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  });
}
