// Makes dist/report.js and dist/report.css, which src/report/page.rs embeds. The same sources and the same lock give the same bytes.
// `node build.mjs DIR` writes into another folder.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const outdir = path.resolve(process.argv[2] ?? path.join(here, "dist"));
const licence = (await readFile(path.join(here, "node_modules/preact/LICENSE"), "utf8")).trim();
const { version } = JSON.parse(await readFile(path.join(here, "node_modules/preact/package.json"), "utf8"));

await build({
  absWorkingDir: here,
  entryPoints: { report: "src/main.tsx" },
  outdir,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome123", "firefox121", "safari17.5"],
  charset: "ascii", // no byte of it can be read in two ways
  legalComments: "none", // none of the bundled files has one; what must be kept is the banner
  banner: { js: `/*! Contains Preact ${version}.\n\n${licence}\n*/` },
  logLevel: "warning",
});
