// The search box completes what is typed: a combobox with a list (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
// Choosing one adds it to the search as a filter and sends the form. `/` goes to the box.
import { parsed, request } from "./requests.js";

const PAUSE = 120; // milliseconds without a key, after which is asked
const form = document.querySelector("form[data-suggestions]");
if (form) complete(form, form.elements.q, form.querySelector("[role=listbox]"), form.querySelector("[data-suggested]"));

function complete(form, input, list, status) {
  let timer, asking, active;
  Object.assign(input, { role: "combobox", ariaExpanded: "false", ariaAutoComplete: "list", ariaHasPopup: "listbox" });
  input.setAttribute("aria-controls", list.id);

  const options = () => [...list.children];
  function activate(option) {
    active?.setAttribute("aria-selected", "false");
    active = option;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) input.setAttribute("aria-activedescendant", active.id);
    else input.removeAttribute("aria-activedescendant");
  }
  function show(open) {
    list.hidden = !open;
    input.ariaExpanded = String(open);
    if (!open) activate(undefined);
  }
  function forget() {
    clearTimeout(timer);
    asking?.abort();
  }
  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const typed = input.value.trim();
    if (!typed) return show(false);
    try {
      const answer = await request(`${form.dataset.suggestions}?${new URLSearchParams({ q: typed })}`, { signal: asking.signal });
      const found = parsed(await answer.text()).querySelectorAll("li");
      activate(undefined);
      list.replaceChildren(...found);
      status.textContent = found.length ? `${found.length} suggestions` : "No suggestions";
      show(found.length > 0);
    } catch {
      show(false); // one can search without; what is wrong, the search will say
    }
  }
  function choose({ name, value }) {
    forget();
    show(false);
    if (name === "q") input.value = value;
    else {
      input.value = "";
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      if (name === "prefix") form.querySelector('input[name="prefix"]')?.remove();
      form.append(field);
    }
    form.requestSubmit();
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const all = options();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.isComposing) {
      event.preventDefault();
      if (list.hidden) return void ask();
      const at = active ? all.indexOf(active) + step : step > 0 ? 0 : all.length - 1;
      activate(all[at]); // beyond either end: the box itself
    } else if (event.key === "Enter" && active && !list.hidden) {
      event.preventDefault();
      choose(active.dataset);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      forget();
      show(false);
    } else if (event.key === "Tab") show(false);
  });
  input.addEventListener("blur", () => {
    forget();
    show(false);
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option.dataset);
  });
  form.addEventListener("submit", () => {
    forget();
    input.disabled = !input.value.trim(); // an empty field is no part of the address
    setTimeout(() => (input.disabled = false));
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}
