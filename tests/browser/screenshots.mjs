// Takes pictures of the main pages into the folder that is named.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { enter, openBrowser, startDesk } from "./desk.mjs";
import { PAGES, THEMES, visit, WIDTHS } from "./pages.mjs";

const [folder, only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const desk = await startDesk({ cases: 320 });
const browser = await openBrowser();
try {
  for (const theme of THEMES) {
    for (const width of WIDTHS) {
      const people = new Map();
      for (const place of PAGES.filter((place) => !only || place.name.includes(only))) {
        if (!people.has(place.account)) {
          people.set(place.account, await enter(browser, desk, place.account, { viewport: { width, height: 900 }, colorScheme: theme }));
        }
        const { page } = people.get(place.account);
        if (!(await visit(page, desk, place))) continue;
        const file = `${place.name}-${place.account ?? "nadie"}-${width}-${theme}.png`;
        await page.screenshot({ path: join(folder, file), fullPage: true });
        console.log(file);
      }
      for (const { context } of people.values()) await context.close();
    }
  }
} finally {
  await browser.close();
  await desk.close();
}
