// Two people at once: what one does appears at the other's within a second, and nothing moves under anybody's hands.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asksForHelp, enter, move, openBrowser, startDesk, step } from "../desk.mjs";

let browser;
let desk;
const people = {};

before(async () => {
  desk = await startDesk();
  browser = await openBrowser();
  for (const account of ["usuario", "admin", "agente1"]) people[account] = await enter(browser, desk, account);
}, { timeout: 300_000 });

after(async () => {
  await browser?.close();
  const verified = await desk?.close();
  assert.equal(verified?.status, 0, `verify: ${verified?.stdout}${verified?.stderr}`);
});

const soon = { timeout: 3000 };

const register = (subject) => asksForHelp(people.usuario, desk, subject);

const write = (who, words) => step(who, "write", async (page) => {
  const form = page.locator("form[action$='/mensaje']");
  await form.locator("[name=body]").fill(words);
  await form.locator("button").last().click();
  await page.getByText(words).first().waitFor();
});

test("what one does appears at the others", { timeout: 120_000 }, async () => {
  const { usuario, admin, agente1 } = people;
  const url = await register("Se calienta el portátil");
  await move(admin, url, "assignments", { level: "first", group: "N1-MESA" });
  await move(agente1, url, "takings");
  await agente1.page.goto(url);
  await admin.page.goto(url);
  await step(admin, "see who else is here", (page) => page.locator("#presentes", { hasText: "Edwin Cuesta lo está viendo" }).waitFor({ timeout: 8000 }));
  await write(usuario, "Ahora además hace ruido.");
  for (const who of [admin, agente1]) {
    await step(who, "read the requester's words", (page) => page.getByText("Ahora además hace ruido.").waitFor(soon));
  }
  await step(agente1, "hear of it", async (page) => {
    assert.match(await page.locator("#novedad").textContent(), /Marta Lucía Ocampo/);
  });
  await step(agente1, "begin an answer", (page) => page.locator(".compose textarea").pressSequentially("Ya lo re"));
  await step(admin, "see him write", (page) => page.locator("#presentes", { hasText: "Edwin Cuesta está escribiendo" }).waitFor({ timeout: 8000 }));
  await write(admin, "Nota para la mesa, por ahora a quien lo pidió.");
  await step(agente1, "keep what he began", async (page) => {
    await page.getByText("Nota para la mesa").waitFor(soon);
    assert.equal(await page.locator(".compose textarea").inputValue(), "Ya lo re");
  });
  await step(usuario, "read the desk's answer", (page) => page.getByText("Nota para la mesa").waitFor(soon));
  await agente1.page.goto(`${desk.url}/mesa`);
  await step(admin, "be alone again", (page) => page.locator("#presentes").waitFor({ state: "hidden", timeout: 8000 }));
});

test("a list waits with what would move", { timeout: 120_000 }, async () => {
  const { admin, agente1 } = people;
  await admin.page.goto(`${desk.url}/mesa?vista=sin-asignar`);
  const first = await admin.page.locator("tr[data-row]").first().getAttribute("data-row");
  const count = () => admin.page.locator(".views a[aria-current] b").textContent();
  const before = Number(await count());
  const url = await register("No abre el lector de huella");
  const number = new URL(url).pathname.split("/").pop();
  await step(admin, "be told that there is more", async (page) => {
    await page.locator("[data-pill]:not([hidden])").waitFor(soon);
    assert.equal(Number(await count()), before + 1, "the counts are live");
    assert.equal(await page.locator("tr[data-row]").first().getAttribute("data-row"), first, "and nothing moved");
    assert.equal(await page.locator(`tr[data-row="${number}"]`).count(), 0);
    await page.locator("[data-pill]").click();
    await page.locator(`tr[data-row="${number}"]`).waitFor(soon);
    await page.locator("[data-pill]").waitFor({ state: "hidden" });
  });
  await admin.page.goto(`${desk.url}/mesa?vista=abiertos`);
  await move(agente1, url, "assignments", { level: "first", assignee: "Edwin Cuesta" });
  await step(admin, "see the row change where it is", (page) =>
    page.locator(`tr[data-row="${number}"]`, { hasText: "Asignado" }).waitFor(soon));
});

test("what was missed while away is there on coming back", { timeout: 60_000 }, async () => {
  const { usuario, agente1 } = people;
  const url = await register("Se oye un pitido");
  await agente1.page.goto(url);
  await agente1.context.setOffline(true);
  await write(usuario, "El pitido paró.");
  await agente1.context.setOffline(false);
  await step(agente1, "read what was missed", (page) => page.getByText("El pitido paró.").waitFor({ timeout: 15_000 }));
});
