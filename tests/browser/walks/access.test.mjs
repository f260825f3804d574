// Nobody is kept out: axe finds nothing on any page, wide or narrow, light or dark; nothing is wider than a phone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { enter, openBrowser, startDesk, step } from "../desk.mjs";
import { PAGES, THEMES, visit, WIDTHS } from "../pages.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser;
let desk;
const people = new Map();

before(async () => {
  desk = await startDesk({ cases: 120 });
  browser = await openBrowser();
  for (const account of new Set(PAGES.map((place) => place.account))) {
    // The page's own policy lets no other script in; what looks at it may.
    people.set(account, await enter(browser, desk, account, { bypassCSP: true }));
  }
}, { timeout: 300_000 });

after(async () => {
  await browser?.close();
  await desk?.close();
});

async function look(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] },
  }));
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} (${node.failureSummary?.split("\n").slice(1, 3).join(" ").trim()})`));
}

for (const place of PAGES) {
  test(`${place.name}, by ${place.account ?? "nobody"}`, { timeout: 120_000 }, async (t) => {
    const who = people.get(place.account);
    await step(who, place.name, async (page) => {
      if (!(await visit(page, desk, place))) return t.skip("nothing is listed there");
      const found = [];
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        for (const theme of THEMES) {
          await page.emulateMedia({ colorScheme: theme });
          found.push(...(await look(page)).map((what) => `${width} ${theme}: ${what}`));
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) found.push(`${width}: ${wide} px wider than the window`);
      }
      assert.deepEqual(found, []);
    });
  });
}
