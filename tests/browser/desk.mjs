// A server of our own with the sample office, and Chromium to look at it.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const PASSWORD = "atiende-demo";
export const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"];

const here = fileURLToPath(new URL(".", import.meta.url));
const pictures = process.env.ATIENDE_PICTURES ?? join(here, "../../target/failures");

const binary = process.env.ATIENDE_BINARY;
if (!binary) throw new Error("ATIENDE_BINARY names no program: run `cargo xtask test`");

export const openBrowser = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** The sample office, served from a folder of its own. */
export async function startDesk({ cases = 40 } = {}) {
  const data = mkdtempSync(join(tmpdir(), "atiende-browser-"));
  const address = `127.0.0.1:${await freePort()}`;
  const log = join(data, "server.log");
  const out = openSync(log, "a");
  const child = spawn(binary, ["demo", "--cases", String(cases), "--data", data, "--listen", address], { stdio: ["ignore", out, out] });
  const url = `http://${address}`;
  const said = () => readFileSync(log, "utf8");
  for (let tries = 0; ; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended (${child.exitCode}): ${said()}`);
    if (tries > 1200) throw new Error(`the server is not ready: ${said()}`);
    if (await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false)) break;
    await new Promise((later) => setTimeout(later, 100));
  }
  for (const letter of readdirSync(join(here, "letters"))) {
    const input = readFileSync(join(here, "letters", letter));
    const handed = spawnSync(binary, ["deliver", "--mailbox", "soporte", "--data", data], { input, encoding: "utf8" });
    if (handed.status !== 0) throw new Error(`the letter ${letter} is not taken: ${handed.stderr}`);
  }
  const stop = () => new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill("SIGTERM");
  });
  return {
    url, said,
    /** Ends the server, asks whether everything is as it was written, and cleans up. */
    async close() {
      if (child.exitCode === null) await stop();
      const verified = spawnSync(binary, ["verify", "--data", data], { encoding: "utf8" });
      rmSync(data, { recursive: true, force: true });
      return verified;
    },
  };
}

/** Somebody at a browser of his own. */
export async function enter(browser, desk, account, options = {}) {
  const context = await browser.newContext({ locale: "es-CO", viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(`${page.url()}: ${error}`));
  page.on("console", (message) => {
    // A page that is not there is also told to the console; its test looks at the page itself.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) errors.push(`${page.url()}: ${message.text()}`);
  });
  const somebody = { account, context, page, errors };
  if (account) {
    await page.goto(`${desk.url}/entrar`);
    await page.fill("[name=email]", `${account}@agencia.example`);
    await page.fill("[name=password]", PASSWORD);
    await Promise.all([page.waitForURL((url) => url.pathname !== "/entrar"), page.click("form[action='/entrar'] button")]);
  }
  return somebody;
}

/** Runs a step, and leaves a picture when it fails. */
export async function step(who, name, doing) {
  try {
    return await doing(who.page);
  } catch (error) {
    mkdirSync(pictures, { recursive: true });
    const picture = join(pictures, `${who.account ?? "nobody"}-${name.replaceAll(/[^\p{L}\d]+/gu, "-")}.png`);
    await who.page.screenshot({ path: picture, fullPage: true }).catch(() => {});
    const shown = await who.page.innerText("main").catch(() => "");
    error.message = `${who.account}: ${name}: ${error.message}\n${who.page.url()}\n${shown.slice(0, 1500)}\npicture: ${picture}`;
    throw error;
  }
}

/** Fills a form by its fields' names; choices by value, or by the text that they show. */
export async function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.locator(`[name="${name}"]`).first();
    const type = await field.evaluate((element) => element.type);
    if (type === "select-one") {
      const options = await field.locator("option").evaluateAll((all) => all.map((one) => ({ value: one.value, label: one.label })));
      const found = options.find((one) => one.value === value) ?? options.find((one) => one.label.includes(value));
      if (!found) throw new Error(`${name} offers no ${value}: ${options.map((one) => one.label).join(" | ")}`);
      await field.selectOption(found.value);
    } else if (type === "radio") {
      await form.locator(`[name="${name}"][value="${value}"]`).check();
    } else if (type === "file") {
      await field.setInputFiles(value);
    } else {
      await field.fill(value);
    }
  }
}

/** Asks for a computer to be looked at, as somebody on the portal; answers the address of the case. */
export const asksForHelp = (who, desk, subject) => step(who, "register", async (page) => {
  await page.goto(`${desk.url}/nuevo?servicio=EQ-FALLA`);
  const form = page.locator("form[action='/nuevo']");
  await fill(form, { subject, description: "Desde esta mañana.", has_remote_support: "no" });
  for (const field of await form.locator("[name^='answers.']").all()) {
    const type = await field.evaluate((element) => element.type);
    if (type === "text" || type === "textarea") await field.fill("EQ-100");
    else if (type === "select-one") await field.selectOption({ index: 1 });
    else if (type === "radio") await field.check();
  }
  await Promise.all([page.waitForURL(/\/casos\//), form.locator("button.btn-primary").click()]);
  return page.url().split("?")[0];
});

/** Makes a move of the desk by its form. */
export const move = (who, url, verb, values = {}) => step(who, verb, async (page) => {
  await page.goto(url);
  const box = page.locator(`#mover-${verb}`);
  if (!(await box.evaluate((element) => element.open))) await box.locator("summary").click();
  const form = box.locator("form");
  await fill(form, values);
  await Promise.all([page.waitForLoadState("load"), page.waitForEvent("framenavigated"), form.locator("button").last().click()]);
  await page.waitForLoadState("load");
  const complaint = page.locator("main .notice.err, main .field-error").first();
  if (await complaint.isVisible()) throw new Error(`refused: ${await complaint.innerText()}`);
});

/** Which moves are offered on the page of a case. */
export const offered = (who, url) => step(who, "offered moves", async (page) => {
  await page.goto(url);
  const ids = await page.locator("details[id^='mover-']").evaluateAll((all) => all.map((one) => one.id.slice("mover-".length)));
  return ids.sort();
});
