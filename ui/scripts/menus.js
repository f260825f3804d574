// A menu closes with Escape, with a click elsewhere, and when another opens.
export function menus() {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  for (const choice of document.querySelectorAll("[data-submit-on-change]")) {
    choice.addEventListener("change", () => choice.form.requestSubmit());
  }
}
