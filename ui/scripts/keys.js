// The desk by keyboard: one key each for what is done sixty times a day, a palette that goes anywhere, and a list of the keys.
export function keys() {
  const help = document.getElementById("teclas");
  if (!help) return;
  palette(document.getElementById("paleta"));
  const doing = { ...anywhere(help), ...list(), ...ofCase() };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (!doing[event.key]) return;
    event.preventDefault();
    doing[event.key]();
  });
  for (const hidden of document.querySelectorAll("[data-scripted]")) hidden.hidden = false;
  for (const opener of document.querySelectorAll("[data-dialog]")) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(opener.dataset.dialog).showModal();
    });
  }
  // After the browser itself has gone to the place, which takes the focus from wherever it is.
  window.addEventListener("load", () => setTimeout(arrive, 50));
}

const go = (href) => { location.href = href; };

function anywhere(help) {
  const search = document.querySelector("input[type=search]");
  return {
    "?": () => help.showModal(),
    "/": () => (search ? search.focus() : go("/mesa?vista=todos")),
  };
}

/** Rows of a list: the one under the keys is outlined, and the moves are made on it. */
function list() {
  if (!document.querySelector("tr[data-row]")) return {};
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  const chosen = () => document.querySelector("tr.is-cursor");
  const choose = (step) => {
    const all = rows();
    const at = all.indexOf(chosen());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)] ?? all[0];
    chosen()?.classList.remove("is-cursor");
    next.classList.add("is-cursor");
    next.querySelector("a").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const at = (query) => () => chosen() && go(`/casos/${chosen().dataset.row}${query}`);
  return {
    j: () => choose(1), k: () => choose(-1), o: at(""), Enter: at(""),
    r: at("?para=requester#escribir"), n: at("?para=internal#escribir"), a: at("?mover=assignments#mover-assignments"),
  };
}

/** What can be done to the case on the page; a move that the procedure does not offer now says so. */
function ofCase() {
  const number = document.querySelector(".case-head")?.dataset.case;
  if (!number) return {};
  const write = (to) => () => {
    const tab = document.querySelector(`.compose a[href^="?para=${to}#"]`);
    if (!tab) return refuse();
    if (tab.getAttribute("aria-current")) document.querySelector(".compose textarea").focus();
    else go(tab.href);
  };
  const move = (...verbs) => () => {
    const offered = verbs.map((verb) => document.querySelector(`a[href^="?mover=${verb}#"], #mover-${verb}`)).find(Boolean);
    if (!offered) return refuse();
    const verb = offered.id ? offered.id.replace("mover-", "") : new URL(offered.href).searchParams.get("mover");
    go(`?mover=${verb}#mover-${verb}`);
  };
  return {
    r: write("requester"), n: write("internal"), a: move("assignments", "takings"),
    e: move("escalations", "escalations-provider"), s: move("solutions"), v: move("assessments"), t: move("takings"),
  };
}

function refuse() {
  const place = document.getElementById("novedad");
  if (place) place.textContent = place.dataset.refused;
}

/** Whoever came for a form is in it. */
function arrive() {
  const place = location.hash.length > 1 && document.querySelector(`${CSS.escape(location.hash).replace("\\#", "#")}`);
  if (!place) return;
  if (place.matches("details")) place.open = true;
  place.querySelector("textarea, select, input:not([type=hidden], [type=file])")?.focus();
}

/** Ctrl+K: what is typed is looked for among cases, people, services, pages and moves. */
function palette(dialog) {
  const input = dialog.querySelector("input");
  const found = dialog.querySelector("ul");
  let asked = 0;
  let at = -1;
  const options = () => [...found.querySelectorAll("a")];
  const mark = (next) => {
    const all = options();
    if (all.length === 0) return;
    at = (next + all.length) % all.length;
    all.forEach((option, place) => option.parentElement.setAttribute("aria-selected", String(place === at)));
    input.setAttribute("aria-activedescendant", all[at].parentElement.id);
    all[at].scrollIntoView({ block: "nearest" });
  };
  const look = async () => {
    const mine = ++asked;
    const here = document.querySelector(".case-head")?.dataset.case ?? "";
    const query = new URLSearchParams({ q: input.value, caso: here });
    const answer = await fetch(`/ir?${query}`, { headers: { accept: "text/html" } }).catch(() => undefined);
    if (mine !== asked || !answer?.ok) return;
    found.innerHTML = await answer.text();
    mark(0);
  };
  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      mark(at + step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      options()[at]?.click();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
  });
  dialog.addEventListener("toggle", () => {
    if (!dialog.open) return;
    input.select();
    look();
  });
}
