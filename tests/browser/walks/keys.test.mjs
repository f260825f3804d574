// The desk's daily round by keyboard alone: open a view, open a case, answer, assign, assess, escalate, solve.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asksForHelp, enter, move, openBrowser, startDesk, step } from "../desk.mjs";

let browser;
let desk;
let agent;
let requester;

before(async () => {
  desk = await startDesk();
  browser = await openBrowser();
  agent = await enter(browser, desk, "agente1");
  requester = await enter(browser, desk, "usuario");
}, { timeout: 300_000 });

after(async () => {
  await browser?.close();
  const verified = await desk?.close();
  assert.equal(verified?.status, 0, `verify: ${verified?.stdout}${verified?.stderr}`);
});

const press = (...keys) => async (page) => {
  for (const key of keys) await page.keyboard.press(key);
};

/** Looks until something is true. The page's policy allows no function to be written into it, as waiting for one does. */
const until = async (page, is, about) => {
  for (let tries = 0; !(await page.evaluate(is, about)); tries += 1) {
    if (tries > 100) throw new Error(`never: ${is} ${about ?? ""}`);
    await page.waitForTimeout(50);
  }
};

/** Types words and sends the form in which they are. */
const send = async (page, words) => {
  await page.keyboard.type(words);
  await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press("Control+Enter")]);
  await page.waitForLoadState("load");
};

const follows = async (page, key, place) => {
  await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press(key)]);
  await page.waitForLoadState("load");
  await until(page, (selector) => Boolean(document.activeElement?.closest(selector)), place);
};

test("the palette finds pages, cases, people and moves", { timeout: 60_000 }, async () => {
  await step(agent, "go to a view by the palette", async (page) => {
    await page.goto(`${desk.url}/mesa`);
    await press("Control+k")(page);
    await page.locator("#paleta").waitFor();
    await page.keyboard.type("prov");
    await page.locator("#paleta [aria-selected=true]", { hasText: "Proveedores" }).waitFor();
    await Promise.all([page.waitForURL(/\/proveedores/), page.keyboard.press("Enter")]);
    await press("Control+k")(page);
    await page.keyboard.type("marta luc");
    await page.locator("#paleta li", { hasText: "Marta Lucía Ocampo" }).waitFor();
    await press("Escape")(page);
    await page.locator("#paleta").waitFor({ state: "hidden" });
  });
});

test("the keys are told", { timeout: 60_000 }, async () => {
  await step(agent, "ask for the keys", async (page) => {
    await page.goto(`${desk.url}/mesa`);
    await press("?")(page);
    await page.locator("#teclas").getByText("escalar").waitFor();
    await press("Escape")(page);
    await press("/")(page);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "q");
  });
});

test("a case is attended without a mouse", { timeout: 120_000 }, async () => {
  await asksForHelp(requester, desk, "El portátil no carga");
  await step(agent, "open the newest case that nobody has", async (page) => {
    await page.goto(`${desk.url}/mesa?vista=sin-asignar&status=registered&sort=opened`);
    await press("j", "j", "k")(page);
    await page.locator("tr.is-cursor").waitFor();
    await Promise.all([page.waitForURL(/\/casos\//), page.keyboard.press("o")]);
    await page.waitForLoadState("load");
  });
  await step(agent, "assign it to oneself", async (page) => {
    await follows(page, "a", "#mover-assignments, #mover-takings");
    const taking = await page.evaluate(() => document.activeElement.closest("#mover-takings") !== null);
    if (!taking) {
      const form = page.locator("#mover-assignments");
      const agentField = form.locator("[name=assignee]");
      await agentField.focus();
      await page.keyboard.type("Edwin");
    }
    await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press("Control+Enter")]);
    await page.waitForLoadState("load");
    await page.locator(".pill", { hasText: "Asignado" }).waitFor();
  });
  await step(agent, "assess it", async (page) => {
    await follows(page, "v", "#mover-assessments");
    await page.locator("#mover-assessments [name=findings]").focus();
    await send(page, "Se revisa por conexión remota.");
    await page.locator(".pill", { hasText: "En atención" }).waitFor();
  });
  await step(agent, "answer and note", async (page) => {
    await press("r")(page);
    await until(page, () => document.activeElement?.name === "body");
    await send(page, "Ya lo estoy revisando.");
    await page.getByText("Ya lo estoy revisando.").first().waitFor();
    await follows(page, "n", ".compose");
    await send(page, "Parece el cargador.");
    await page.locator(".msg.note", { hasText: "Parece el cargador." }).waitFor();
  });
  await step(agent, "escalate it", async (page) => {
    await follows(page, "e", "#mover-escalations");
    await page.locator("#mover-escalations [name=reason]").focus();
    await send(page, "Es de los servidores.");
    await page.locator(".pill", { hasText: "Asignado" }).waitFor();
  });
  await step(agent, "be told what cannot be done now", async (page) => {
    await press("s")(page);
    await until(page, () => document.getElementById("novedad").textContent.includes("no se puede"));
  });
});

test("another is solved without a mouse", { timeout: 120_000 }, async () => {
  const url = await asksForHelp(requester, desk, "Se apaga solo");
  await move(agent, url, "assignments", { level: "first", assignee: "Edwin Cuesta" });
  await move(agent, url, "assessments", { mode: "remote", complexity: "low", findings: "Es el cargador." });
  await step(agent, "solve one of his own", async (page) => {
    await page.goto(`${desk.url}/mesa?vista=mias&status=in_progress`);
    await press("j")(page);
    await Promise.all([page.waitForURL(/\/casos\//), page.keyboard.press("o")]);
    await page.waitForLoadState("load");
    await follows(page, "s", "#mover-solutions");
    await page.locator("#mover-solutions [name=activities]").focus();
    await send(page, "Se cambió el cargador.");
    await page.locator(".pill", { hasText: "Solucionado" }).waitFor();
  });
});
