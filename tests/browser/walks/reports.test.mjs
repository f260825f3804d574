// A report is read, followed to its cases, and taken along.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { enter, openBrowser, startDesk, step } from "../desk.mjs";

let browser;
let desk;

before(async () => {
  desk = await startDesk({ cases: 120 });
  browser = await openBrowser();
}, { timeout: 300_000 });

after(async () => {
  await browser?.close();
  await desk?.close();
});

const path = "/informes/ans?from=2020-01-01&to=2099-12-31";

const download = async (page, link) => {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(link)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
};

test("an administrator follows a number to its cases and takes the report along", { timeout: 120_000 }, async () => {
  const admin = await enter(browser, desk, "admin");
  await step(admin, "navigation", async (page) => {
    await page.goto(`${desk.url}/mesa`);
    await Promise.all([page.waitForURL((url) => url.pathname === "/informes/ans"), page.click(".rail a[href='/informes/ans']")]);
    assert.equal(await page.innerText("h1"), "Cumplimiento de los ANS");
  });
  let shown;
  await step(admin, "number", async (page) => {
    await page.goto(desk.url + path);
    const total = page.locator("tfoot td a").first();
    shown = Number(await total.innerText());
    assert.ok(shown > 10, `${shown} kept`);
    const rows = await page.locator("tbody tr td:nth-child(2)").allInnerTexts();
    assert.equal(rows.reduce((sum, count) => sum + Number(count), 0), shown, "the rows add up to the total");
    await Promise.all([page.waitForURL((url) => url.pathname === "/informes/ans/casos"), total.click()]);
    let listed = 0;
    for (;;) {
      listed += await page.locator("tbody tr").count();
      assert.equal(await page.locator("tbody .late").count(), 0, "only what was kept");
      const next = page.locator(".pages a", { hasText: "Siguiente" });
      if ((await next.count()) === 0) break;
      await page.goto(new URL(await next.getAttribute("href"), desk.url).href);
    }
    assert.equal(listed, shown, "as many cases as the number says");
    const link = page.locator("tbody a").first();
    await Promise.all([page.waitForURL((url) => url.pathname.startsWith("/casos/")), link.click()]);
  });
  await step(admin, "downloads", async (page) => {
    await page.goto(desk.url + path);
    const csv = await download(page, "a[href*='.csv']");
    assert.equal(csv.name, "cumplimiento-ans_2020-01-01_a_2099-12-31.csv");
    const text = csv.bytes.toString("utf8");
    assert.ok(text.startsWith("\ufeffServicio;Cumplidos;Incumplidos;"), text.slice(0, 80));
    const total = text.trimEnd().split("\r\n").at(-1).split(";");
    assert.deepEqual([total[0], Number(total[1])], ["Total", shown]);
    const xlsx = await download(page, "a[href*='.xlsx']");
    assert.equal(xlsx.name, "cumplimiento-ans_2020-01-01_a_2099-12-31.xlsx");
    assert.equal(xlsx.bytes.subarray(0, 2).toString(), "PK");
  });
  await step(admin, "filters", async (page) => {
    await page.goto(desk.url + path);
    await page.selectOption("[name=group_by]", "level");
    await page.selectOption("[name=clock]", "first_answer");
    await Promise.all([page.waitForEvent("framenavigated"), page.click(".report-filters button")]);
    const labels = await page.locator("tbody th").allInnerTexts();
    assert.ok(labels.includes("Primer nivel"), labels.join(", "));
  });
  assert.deepEqual(admin.errors, []);
});

test("who sees neither the desk nor a contract has no reports", { timeout: 60_000 }, async () => {
  for (const account of ["usuario", "seguridad", "sistema"]) {
    const who = await enter(browser, desk, account);
    for (const address of [path, "/informes/ans.csv", "/informes/ans.xlsx", "/informes/ans/casos", "/informes/ans/casos.csv"]) {
      const answer = await who.page.request.get(desk.url + address);
      assert.equal(answer.status(), 404, `${account} ${address}`);
    }
    await who.context.close();
  }
});
