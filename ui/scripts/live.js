// What others do appears by itself: one connection a tab, while the tab is looked at. A case is shown anew where it changed;
// a list tells its counts and its rows anew, and waits with what would move.
export function live() {
  const since = document.body.dataset.live;
  if (since === undefined || !document.querySelector("[data-fresh]")) return;
  const number = document.querySelector("[data-case]")?.dataset.case;
  const tab = crypto.getRandomValues(new Uint8Array(16)).reduce((hex, byte) => hex + byte.toString(16).padStart(2, "0"), "");
  let position = since;
  let source;
  const open = () => {
    const query = new URLSearchParams({ desde: position });
    if (number) query.set("caso", number);
    source = new EventSource(`/vivo?${query}`);
    const heard = (event) => { if (event.lastEventId) position = event.lastEventId; };
    source.addEventListener("hola", heard);
    source.addEventListener("perdido", (event) => { heard(event); soon(); });
    source.addEventListener("caso", (event) => {
      heard(event);
      const told = JSON.parse(event.data);
      if (number && told.caso !== number) return;
      soon();
      if (number && !told.propio) say(told.por);
    });
    source.addEventListener("presentes", (event) => present(JSON.parse(event.data)));
  };
  const close = () => source?.close();
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  if (!document.hidden) open();
  if (document.getElementById("presentes")) here(number, tab);
}

/** Several changes at once are looked at once; while the desk does not answer, it is asked again. */
let waiting;
function soon(after = 150) {
  waiting ??= setTimeout(async () => {
    waiting = undefined;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => undefined);
    if (!answer || answer.status >= 500) soon(2000);
    else if (answer.ok && !answer.redirected) refresh(new DOMParser().parseFromString(await answer.text(), "text/html"));
  }, after);
}

function refresh(page) {
  for (const old of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.querySelector(`[data-fresh="${old.dataset.fresh}"]`);
    if (!fresh || fresh.outerHTML === old.outerHTML || inUse(old)) continue;
    if (old.matches("table")) rows(old, fresh);
    else old.replaceWith(document.adoptNode(fresh));
  }
}

/** What somebody is filling in, or has opened, stays as it is. */
const inUse = (part) => part.matches(":focus-within") && part.querySelector(":focus").matches("input, textarea, select")
  || part.querySelector("form details[open], details[open] form, details.menu[open]") !== null;

function rows(old, fresh) {
  const named = (table) => new Map([...table.querySelectorAll("tr[data-row]")].map((row) => [row.dataset.row, row]));
  const [before, after] = [named(old), named(fresh)];
  for (const [name, row] of before) {
    const now = after.get(name);
    if (now && now.innerHTML !== row.innerHTML && !row.matches(":focus-within")) row.innerHTML = now.innerHTML;
  }
  const moved = [...before.keys()].join() !== [...after.keys()].join();
  const pill = document.querySelector("[data-pill]");
  if (!pill) return;
  pill.hidden = !moved;
  pill.onclick = () => {
    old.replaceWith(document.adoptNode(fresh));
    pill.hidden = true;
  };
}

function say(name) {
  const place = document.getElementById("novedad");
  if (place) place.textContent = name ? place.dataset.by.replace("{}", name) : place.dataset.said;
}

function present(others) {
  const place = document.getElementById("presentes");
  if (!place) return;
  place.hidden = others.length === 0;
  place.querySelector("ul").replaceChildren(...others.map((other) => {
    const item = document.createElement("li");
    item.textContent = other.dice;
    return item;
  }));
}

/** Tells the others that this tab has the case open, and whether somebody writes in it. */
function here(number, tab) {
  const tell = (more) => fetch("/vivo/aqui", {
    method: "POST", keepalive: true, headers: { "content-type": "application/json" },
    body: JSON.stringify({ caso: number, pestana: tab, ...more }),
  }).catch(() => undefined);
  const again = () => { if (!document.hidden) tell({}); };
  again();
  setInterval(again, 20_000);
  document.addEventListener("visibilitychange", () => tell(document.hidden ? { sale: true } : {}));
  window.addEventListener("pagehide", () => tell({ sale: true }));
  let told = 0;
  document.querySelector(".compose textarea")?.addEventListener("input", () => {
    if (Date.now() - told < 3000) return;
    told = Date.now();
    tell({ escribe: true });
  });
}
