// The whole procedure, walked in Chromium by the sample accounts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { enter, fill, move, offered, openBrowser, startDesk, step } from "../desk.mjs";

let browser;
let desk;
const people = {};

before(async () => {
  desk = await startDesk();
  browser = await openBrowser();
  for (const account of ["usuario", "admin", "agente1", "agente2", "agente3", "supervisor", "seguridad", "auditor", "sistema"]) {
    people[account] = await enter(browser, desk, account);
  }
}, { timeout: 300_000 });

after(async () => {
  await browser?.close();
  const verified = await desk?.close();
  assert.equal(verified?.status, 0, `verify: ${verified?.stdout}${verified?.stderr}`);
});

const write = (who, url, words, audience) => step(who, `write to ${audience ?? "the desk"}`, async (page) => {
  await page.goto(audience ? `${url}?para=${audience}` : url);
  const form = page.locator("form[action$='/mensaje']");
  await form.locator("[name=body]").fill(words);
  await Promise.all([page.waitForEvent("framenavigated"), form.locator("button").last().click()]);
  await page.waitForLoadState("load");
  await page.getByText(words).first().waitFor();
});

async function register(who, service, values) {
  return step(who, "register", async (page) => {
    await page.goto(`${desk.url}/nuevo${service ? `?servicio=${service}` : ""}`);
    const form = page.locator("form[action='/nuevo']");
    await fill(form, values);
    await Promise.all([page.waitForURL(/\/casos\//), form.locator("button.btn-primary").click()]);
    return page.url().split("?")[0];
  });
}

test("a case through all eight activities", { timeout: 300_000 }, async () => {
  const { usuario, admin, agente1, agente2, agente3, supervisor } = people;
  const file = { name: "desprendible.png", mimeType: "image/png", buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=", "base64") };
  const url = await register(usuario, "APP-NOMINA", {
    subject: "Faltan horas extras en mi desprendible",
    description: "El de octubre no muestra las que me aprobaron.",
    "answers.periodo": "octubre",
    has_remote_support: "yes",
    remote_support_id: "123 456 789",
    file,
  });
  await step(usuario, "see the file", (page) => page.getByText("desprendible.png").first().waitFor());

  await move(admin, url, "classifications", { urgency: "high" });
  await move(admin, url, "assignments", { level: "first", group: "N1-MESA" });
  await move(agente1, url, "takings");
  await move(agente1, url, "assessments", { mode: "remote", complexity: "low", findings: "Se revisa con la persona." });
  await write(agente1, url, "¿De qué semana son las horas?", "requester");
  await write(agente1, url, "Nota que el usuario no lee", "internal");
  await move(agente1, url, "waits", { for: "requester", reason: "Falta saber la semana." });
  await write(usuario, url, "De la segunda semana.");
  await step(usuario, "read no internal note", async (page) => {
    assert.equal(await page.getByText("Nota que el usuario no lee").count(), 0);
  });
  const moves = await offered(agente1, url);
  assert.ok(!moves.includes("resumptions"), `the answer resumed the work by itself: ${moves}`);
  assert.ok(moves.includes("solutions"), `the work goes on: ${moves}`);

  await move(agente1, url, "escalations", { reason: "No es del equipo." });
  await move(agente2, url, "takings");
  await move(agente2, url, "assessments", { mode: "remote", complexity: "medium", findings: "El servidor está bien." });
  await move(agente2, url, "escalations", { assignee: "Óscar Bejarano", reason: "Es del aplicativo." });
  await move(agente3, url, "assessments", { mode: "remote", complexity: "high", findings: "La liquidación tiene un error." });
  await move(agente3, url, "escalations-provider", { contract: "C-021", reason: "Lo corrige el fabricante." });
  await step(supervisor, "find it among what is with a provider", async (page) => {
    await page.goto(`${desk.url}/proveedores`);
    await page.locator(`a[href*="${new URL(url).pathname}"]`).first().waitFor();
  });
  await move(supervisor, url, "follow-ups", { note: "Prometen la corrección para mañana." });
  await move(agente3, url, "provider-reports", { solved: "yes", mode: "remote", report: "Se corrigió la liquidación." });
  await move(agente3, url, "solutions", { performed_by: "provider", activities: "Se corrigió y se volvió a generar el desprendible." });

  await step(usuario, "confirm", async (page) => {
    await page.goto(url);
    await page.getByText("Se corrigió y se volvió a generar el desprendible.").first().waitFor();
    await Promise.all([page.waitForEvent("framenavigated"), page.locator(".solved form button.btn-primary").first().click()]);
  });
  await step(usuario, "rate", async (page) => {
    await page.goto(url);
    const form = page.locator("form[action$='/surveys']");
    await form.locator("[name=score][value='5']").check({ force: true });
    await form.locator("[name=comment]").fill("Muy amables.");
    await Promise.all([page.waitForEvent("framenavigated"), form.locator("button").last().click()]);
    await page.goto(url);
    assert.equal(await page.locator("form[action$='/surveys']").count(), 0, "one rates once");
    await page.getByText("Se corrigió y se volvió a generar el desprendible.").first().waitFor();
  });
  assert.deepEqual(await offered(people.auditor, url), [], "an auditor changes nothing");
  await step(people.auditor, "read the rating", (page) => page.getByText("Muy amables.").first().waitFor());
});

test("a security case is seen by its officers and its requester alone", { timeout: 120_000 }, async () => {
  const { usuario, seguridad } = people;
  const url = await register(usuario, "", {
    subject: "Un enlace raro con ornitorrinco", description: "Escribí mi clave en él.", kind: "security_incident",
  });
  for (const account of ["admin", "agente1", "agente2", "agente3", "supervisor", "auditor", "sistema"]) {
    await step(people[account], "not see it", async (page) => {
      assert.equal((await page.goto(url)).status(), 404);
      await page.goto(`${desk.url}/mesa?q=ornitorrinco`);
      assert.equal(await page.getByText("Un enlace raro").count(), 0);
    });
  }
  await step(seguridad, "find it in the security queue", async (page) => {
    await page.goto(`${desk.url}/seguridad`);
    await page.getByText("Un enlace raro").first().waitFor();
  });
  await move(seguridad, url, "acknowledgements");
  await move(seguridad, url, "conclusions", { outcome: "Se cambió la clave." });
  await step(usuario, "see how it ended", async (page) => {
    assert.equal((await page.goto(url)).status(), 200);
  });
});

test("a form that lacks something says so beside it and keeps what was typed", { timeout: 60_000 }, async () => {
  await step(people.usuario, "send it incomplete", async (page) => {
    await page.goto(`${desk.url}/nuevo?servicio=IMP-FALLA`);
    const form = page.locator("form[action='/nuevo']");
    await form.evaluate((element) => { element.noValidate = true; });
    await fill(form, { subject: "La impresora saca rayas", description: "" });
    await Promise.all([page.waitForEvent("framenavigated"), form.locator("button.btn-primary").click()]);
    await page.waitForLoadState("load");
    assert.ok((await page.locator(".field-error").count()) >= 2, "the description and the questions are asked for");
    assert.equal(await page.inputValue("[name=subject]"), "La impresora saca rayas");
  });
});

test("the portal needs no scripts", { timeout: 120_000 }, async () => {
  const plain = await enter(browser, desk, "usuario", { javaScriptEnabled: false });
  const url = await register(plain, "APP-NOMINA", {
    subject: "Sin guiones en el navegador", description: "También así se pide ayuda.", "answers.periodo": "octubre", has_remote_support: "no",
  });
  await write(plain, url, "Un dato más.");
  await step(plain, "withdraw", async (page) => {
    await page.goto(url);
    const form = page.locator("form[action$='/cancellations']");
    await page.locator("details", { has: form }).last().locator("summary").click();
    await form.locator("[name=reason]").fill("Ya lo encontré.");
    await Promise.all([page.waitForEvent("framenavigated"), form.locator("button").click()]);
    await page.goto(`${desk.url}/mis-casos`);
    await page.getByText("Sin guiones en el navegador").first().waitFor();
  });
  await plain.context.close();
});

test("no page complains to the console", () => {
  for (const [account, { errors }] of Object.entries(people)) assert.deepEqual(errors, [], account);
});
