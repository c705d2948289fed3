// The menu of what can be done with somebody closes as menus do.
const menu = document.querySelector(".person-more");

function close() {
  menu.open = false;
}

if (menu) {
  document.addEventListener("click", (event) => menu.contains(event.target) || close());
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary").focus();
  });
}
