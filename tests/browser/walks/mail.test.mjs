// Whoever runs the mail sets a mailbox, sees what is wrong with it, and lets a held letter in; the desk reads a letter as it came.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { enter, fill, openBrowser, startDesk, step } from "../desk.mjs";

let browser;
let desk;
const people = {};

before(async () => {
  desk = await startDesk({ cases: 5 });
  browser = await openBrowser();
  for (const account of ["sistema", "admin", "auditor"]) people[account] = await enter(browser, desk, account);
}, { timeout: 300_000 });

after(async () => {
  await browser?.close();
  await desk?.close();
});

/** Looks again until something is there: letters are taken in while pages are read. */
async function until(page, path, found) {
  for (let tries = 0; tries < 100; tries += 1) {
    await page.goto(`${desk.url}${path}`);
    if (await found()) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`it does not come: ${await page.innerText("main")}`);
}

const press = (page, button) => Promise.all([page.waitForEvent("framenavigated"), button.click()]).then(() => page.waitForLoadState("load"));

test("a mailbox is tried and set by its form", { timeout: 120_000 }, async () => {
  await step(people.sistema, "a new mailbox", async (page) => {
    await page.goto(`${desk.url}/oficina/correo`);
    await press(page, page.getByRole("link", { name: "Agregar un buzón" }));
    const form = page.locator("main form");
    await fill(form, {
      name: "ventanilla", address: "ventanilla",
      "receives.host": "127.0.0.1", "receives.port": "9", "receives.security": "plain",
      "receives.user": "ventanilla", "receives.password": "clave",
    });
    await form.evaluate((element) => { element.noValidate = true; });
    await press(page, page.getByRole("button", { name: "Probar conexión" }));
    const said = await page.locator(".notice.err").innerText();
    assert.match(said, /^Recibir: el servidor no contesta en ese puerto/, said);
    assert.equal(await page.inputValue("[name='receives.host']"), "127.0.0.1", "what was typed stays");
    await form.evaluate((element) => { element.noValidate = true; });
    await press(page, page.getByRole("button", { name: "Guardar" }));
    assert.ok(await page.locator(".field-error").first().isVisible(), "the address is no address");
    assert.equal(await page.inputValue("[name=name]"), "ventanilla");
    await fill(form, { address: "ventanilla@agencia.example", "receives.password": "clave" });
    await press(page, page.getByRole("button", { name: "Guardar" }));
    assert.equal(new URL(page.url()).pathname, "/oficina/correo");
    await until(page, "/oficina/correo", async () => {
      const row = await page.locator("main").innerText();
      return row.includes("ventanilla@agencia.example") && /Falla desde/.test(row);
    });
  });
  assert.deepEqual(people.sistema.errors, []);
});

test("a held letter is let in and becomes a case", { timeout: 120_000 }, async () => {
  await step(people.sistema, "let it in", async (page) => {
    const row = page.locator("tr", { hasText: "ventas@papeleria.example" });
    await until(page, "/oficina/correo?estado=held", async () => (await row.count()) > 0);
    assert.ok(!(await page.innerText("main")).includes("Resmas"), "who runs the mail reads envelopes alone");
    await press(page, row.getByRole("button", { name: "Dejar entrar" }));
  });
  await step(people.admin, "find its case", async (page) => {
    const link = page.locator("main a[href^='/casos/']").first();
    await until(page, "/mesa?q=Resmas", async () => (await link.count()) > 0);
    await page.goto(new URL(await link.getAttribute("href"), desk.url).href);
    await page.getByRole("heading", { name: "Ofertas de noviembre" }).waitFor();
  });
  await step(people.auditor, "may look and not decide", async (page) => {
    await page.goto(`${desk.url}/oficina/correo`);
    assert.equal(await page.getByRole("button", { name: "Dejar entrar" }).count(), 0);
  });
});

test("a letter is shown as it came, and remote pictures wait for a click", { timeout: 120_000 }, async () => {
  await step(people.admin, "open the letter", async (page) => {
    const asked = [];
    await page.route("**/*", (route) => {
      const { hostname } = new URL(route.request().url());
      asked.push(hostname);
      return hostname === "127.0.0.1" ? route.continue() : route.abort();
    });
    const link = page.locator("main a[href^='/casos/']").first();
    await until(page, "/mesa?q=IMP-0231+hojas", async () => (await link.count()) > 0);
    await page.goto(new URL(await link.getAttribute("href"), desk.url).href);
    await page.getByText("Mostrar lo citado y el correo como llegó").first().click();
    const letter = page.frameLocator("iframe").first();
    await letter.getByText("Recuerden imprimir los desprendibles").waitFor();
    assert.ok(!asked.includes("fotos.example"), "nobody is told that it is read");
    await page.unroute("**/*");
  });
  assert.deepEqual(people.admin.errors, []);
});
