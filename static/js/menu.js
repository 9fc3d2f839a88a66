/** Menus are `<details>`: they open without scripts, and with them close by Escape, by a click elsewhere, on leaving. */

export function wireMenus(menus) {
  for (const menu of menus) {
    menu.addEventListener("keydown", (event) => escaped(event, menu));
    menu.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
    });
    document.addEventListener("click", ({ target }) => {
      if (!menu.contains(target)) menu.open = false;
    });
  }
}

function escaped(event, menu) {
  if (event.key !== "Escape" || !menu.open) return;
  event.stopPropagation();
  menu.open = false;
  menu.querySelector("summary").focus();
}
