// Whoever administers the system makes a calendar, checks its year, promises by it, and makes a contract with a document.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { enter, fill, openBrowser, startDesk, step } from "../desk.mjs";

let browser;
let desk;
const people = {};

before(async () => {
  desk = await startDesk({ cases: 5 });
  browser = await openBrowser();
  for (const account of ["sistema", "auditor", "supervisor", "usuario", "admin"]) people[account] = await enter(browser, desk, account);
}, { timeout: 300_000 });

after(async () => {
  await browser?.close();
  const verified = await desk?.close();
  if (verified) assert.equal(verified.status, 0, verified.stdout);
});

const press = (page, button) => Promise.all([page.waitForEvent("framenavigated"), button.click()]).then(() => page.waitForLoadState("load"));
const save = (page) => press(page, page.getByRole("button", { name: "Guardar" }));
const tick = (page, name) => page.check(`[name="${name}"]`);

const DOCUMENT = { name: "Contrato C-200.txt", mimeType: "text/plain", buffer: Buffer.from("Objeto: soporte de nómina.") };

test("a calendar with a half day is checked in its year", { timeout: 120_000 }, async () => {
  await step(people.sistema, "a new calendar", async (page) => {
    await page.goto(`${desk.url}/oficina`);
    await press(page, page.getByRole("link", { name: /^Calendarios/ }));
    await press(page, page.getByRole("link", { name: "Agregar un calendario" }));
    const form = page.locator("main form");
    await fill(form, {
      name: "Jornada corta", "week.monday": "12 a 7", "week.friday": "7 a 12 y 13 a 15",
      "exceptions.1.date": "2027-12-24", "exceptions.1.hours": "07:00-10:00",
      "local_holidays.0.name": "Día del municipio", "local_holidays.0.day": "31", "local_holidays.0.month": "abril",
    });
    await save(page);
    const errors = await page.locator(".field-error").allInnerTexts();
    assert.equal(errors.length, 3, `hours, the name of the day, the day that April has not: ${errors}`);
    assert.equal(await page.inputValue("[name='week.monday']"), "12 a 7", "what was typed stays");
    assert.equal(await page.inputValue("[name='exceptions.1.hours']"), "07:00-10:00", "in its row");
    await fill(form, {
      "week.monday": "7 a 12", "exceptions.1.name": "Media jornada de Nochebuena", "local_holidays.0.day": "30",
    });
    await save(page);
  });
  await step(people.sistema, "its year", async (page) => {
    assert.match(page.url(), /\/oficina\/calendarios\/\d+\?hecho=guardado$/);
    await page.goto(`${page.url().split("?")[0]}?año=2027`);
    const december = page.locator("table.month").nth(11);
    assert.match(await december.locator(".day.shorter").innerText(), /^24½/);
    assert.match(await december.locator(".day.holiday").first().innerText(), /^8★/);
    const rows = page.locator("main tbody tr");
    assert.match(await rows.filter({ hasText: "Nochebuena" }).innerText(), /24.de.diciembre de 2027\s+Jornada corta\s+Media jornada de Nochebuena\s+07:00-10:00/);
    assert.match(await rows.filter({ hasText: "Día del municipio" }).innerText(), /30.de.abril de 2027\s+Festivo/);
    await press(page, page.getByRole("link", { name: "2028" }));
    assert.equal(await page.locator("table.month").nth(11).locator(".day.shorter").count(), 0, "an exception is of one date");
  });
});

test("an agreement by that calendar holds for a new case", { timeout: 120_000 }, async () => {
  await step(people.sistema, "a new agreement", async (page) => {
    await page.goto(`${desk.url}/oficina/acuerdos/nuevo`);
    const form = page.locator("main form");
    await fill(form, { name: "Nómina", starts: "2020-01-01", hours: "Jornada corta" });
    for (const priority of ["low", "medium", "high", "critical"]) {
      await fill(form, { [`targets.${priority}.solution_minutes`]: "4" });
    }
    await tick(page, "services.APP-NOMINA");
    await save(page);
    assert.equal(await page.locator(".field-error").count(), 4, "four what?");
    assert.ok(await page.isChecked("[name='services.APP-NOMINA']"), "what was ticked stays");
    for (const priority of ["low", "medium", "high", "critical"]) {
      await fill(form, { [`targets.${priority}.solution_minutes`]: "1 h 30" });
    }
    await save(page);
    const row = await page.locator("tr", { hasText: "Nómina" }).innerText();
    assert.match(row, /Nómina: error o dato equivocado/);
    assert.match(row, /Alta: solucionar 1\sh\s30\smin/);
    assert.match(row, /Jornada corta\s+Vigente/);
  });
  const number = await step(people.usuario, "a new case", async (page) => {
    await page.goto(`${desk.url}/nuevo?servicio=APP-NOMINA`);
    const form = page.locator("form[action='/nuevo'], main form").first();
    await form.locator("[name=description]").fill("El desprendible no muestra las horas extras.");
    for (const name of await form.locator("[required][name^='answers.']").evaluateAll((all) => all.map((one) => one.name))) {
      await fill(form, { [name]: "2027" }).catch(() => form.locator(`[name="${name}"]`).first().check());
    }
    for (const name of new Set(await form.locator("[type=radio][name^='answers.']").evaluateAll((all) => all.map((one) => one.name)))) {
      await form.locator(`[name="${name}"]`).first().check();
    }
    await press(page, form.getByRole("button", { name: /Enviar/ }));
    assert.match(page.url(), /\/casos\/[A-Z]+-\d+-\d+/);
    return new URL(page.url()).pathname.split("/")[2];
  });
  await step(people.admin, "its promise", async (page) => {
    const events = await page.evaluate(async (path) => (await fetch(path)).json(), `/api/v1/cases/${number}/events`);
    const agreements = await page.evaluate(async () => (await fetch("/api/v1/agreements")).json());
    const agreed = agreements.items.find((one) => one.name === "Nómina");
    const promised = JSON.stringify(events.items.filter((one) => JSON.stringify(one).includes("promised")));
    assert.match(promised, new RegExp(`"agreement":${agreed.id}\\b`), promised);
    assert.match(promised, new RegExp(`"by":"calendar","calendar":${agreed.hours.calendar}\\b`), promised);
  });
});

test("a contract has a document that its supervisor reads", { timeout: 120_000 }, async () => {
  const place = await step(people.sistema, "a new contract", async (page) => {
    await page.goto(`${desk.url}/oficina/contratos/nuevo`);
    const form = page.locator("main form");
    await fill(form, {
      number: "C-200", provider: "Andamio Software", object: "Soporte de nómina", starts: "2026-01-01", ends: "2025-12-31",
      supervisor: "Germán Cubillos", response: "2 h", solution: "1 h 30", hours: "Jornada corta", documents: DOCUMENT,
    });
    await save(page);
    assert.match(await page.locator(".field-error").allInnerTexts().then((all) => all.join(" ")), /Elija otra vez los documentos/);
    await fill(form, { ends: "2030-12-31", documents: DOCUMENT });
    await save(page);
    assert.match(page.url(), /\/oficina\/contratos\/\d+\?hecho=guardado$/);
    assert.match(await page.locator(".documents").innerText(), /Contrato C-200\.txt/);
    return new URL(page.url()).pathname;
  });
  await step(people.supervisor, "reads it and changes nothing", async (page) => {
    await page.goto(`${desk.url}/proveedores`);
    await press(page, page.getByRole("link", { name: "C-200" }));
    assert.equal(new URL(page.url()).pathname, place);
    assert.equal(await page.getByRole("button", { name: "Guardar" }).count(), 0);
    const document = await page.locator(".documents a").getAttribute("href");
    const answer = await page.evaluate(async (path) => {
      const answer = await fetch(path);
      return { text: await answer.text(), kind: answer.headers.get("content-disposition") };
    }, document);
    assert.equal(answer.text, DOCUMENT.buffer.toString());
    assert.match(answer.kind, /^attachment/);
    const other = await people.usuario.page.evaluate(async (path) => (await fetch(path)).status, document);
    assert.equal(other, 404, "nobody else knows of it");
  });
  await step(people.sistema, "an edit keeps it, until it is taken out", async (page) => {
    await page.goto(`${desk.url}${place}`);
    await fill(page.locator("main form"), { penalties: "1 % por día" });
    await save(page);
    assert.equal(await page.locator(".documents li").count(), 1);
    await page.locator(".documents [type=checkbox]").check();
    await save(page);
    assert.equal(await page.locator(".documents li").count(), 0);
  });
  for (const who of Object.values(people)) assert.deepEqual(who.errors, []);
});

test("who edits what another has just saved is told, and loses nothing", { timeout: 120_000 }, async () => {
  const second = await people.sistema.context.newPage();
  await step(people.sistema, "two at once", async (page) => {
    for (const one of [page, second]) await one.goto(`${desk.url}/oficina/ajustes`);
    await fill(second.locator("main form"), { phone: "Extensión 5050" });
    await save(second);
    await fill(page.locator("main form"), { counter: "Piso 2" });
    await save(page);
    assert.match(await page.locator(".notice.err").innerText(), /Otra persona guardó cambios/);
    assert.equal(await page.inputValue("[name=counter]"), "Piso 2", "what was typed stays");
    await fill(page.locator("main form"), { phone: "Extensión 5050" });
    await save(page);
    assert.match(page.url(), /hecho=guardado/);
    assert.deepEqual([await page.inputValue("[name=counter]"), await page.inputValue("[name=phone]")], ["Piso 2", "Extensión 5050"]);
  });
  await second.close();
  await step(people.auditor, "may look and not change", async (page) => {
    for (const path of ["/oficina/ajustes", "/oficina/acuerdos/1", "/oficina/calendarios/0/editar", "/oficina/sedes/1"]) {
      const answer = await page.goto(`${desk.url}${path}`);
      assert.equal(answer.status(), 200, path);
      assert.equal(await page.getByRole("button", { name: "Guardar" }).count(), 0, path);
    }
    assert.equal((await page.goto(`${desk.url}/oficina/acuerdos/nuevo`)).status(), 404);
  });
});
