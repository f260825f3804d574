// Bundles styles, scripts and icons into dist/ under names that carry their content's hash, with a manifest and
// compressed twins, so that the server only hands them out.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const dist = process.env.ATIENDE_UI_OUT ?? join(here, "dist");

const bundled = await build({
  absWorkingDir: here,
  entryPoints: { app: "scripts/app.js", styles: "styles/app.css" },
  bundle: true, minify: true, write: false, outdir: "out", legalComments: "none",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"], logLevel: "warning",
});
const [script] = bundled.outputFiles.filter((file) => file.path.endsWith(".js"));
const [styles] = bundled.outputFiles.filter((file) => file.path.endsWith(".css"));

const names = (await readFile(join(here, "icons.txt"), "utf8")).split("\n").filter(Boolean);
const symbols = await Promise.all(names.map(async (name) => {
  const svg = await readFile(join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
  const shapes = svg.replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>\s*$/, "")
    .replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s+/g, " ").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}));
const icons = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
const favicon = await readFile(join(here, "favicon.svg"));

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const manifest = {};
for (const [name, content] of [["app.js", script.contents], ["app.css", styles.contents], ["icons.svg", icons], ["favicon.svg", favicon]]) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const file = name.replace(".", `.${hash}.`);
  manifest[name] = file;
  await writeFile(join(dist, file), bytes);
  await writeFile(join(dist, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  await writeFile(join(dist, `${file}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2));
