// Bundles assets/ into onlooker_console/static: each file under the hash of its content, as it is and gzipped, with a
// manifest from the names that templates use to the files. Every assets/js/*.js and assets/css/*.css is an entry.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync, constants } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "onlooker_console", "static");
const draft = `${out}.new`;

const entries = ["js", "css"].flatMap((kind) =>
  readdirSync(join(here, "assets", kind))
    .filter((name) => name.endsWith(`.${kind}`))
    .map((name) => join(here, "assets", kind, name)),
);

rmSync(draft, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: entries,
  outdir: draft,
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  splitting: true, // what two pages share is loaded once
  minify: true,
  target: ["chrome123", "firefox121", "safari17.5"], // the first with light-dark() and :has()
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  legalComments: "none", // they are in licences.txt, whole
  sourcemap: false,
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint) manifest[basename(entryPoint)] = basename(path);
}
addFile("icon.svg", readFileSync(join(here, "assets", "icon.svg")));
addFile("licences.txt", licences(Object.keys(metafile.inputs)));
for (const name of readdirSync(draft)) {
  const content = readFileSync(join(draft, name));
  writeFileSync(join(draft, `${name}.gz`), gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
}
writeFileSync(join(draft, "manifest.json"), JSON.stringify(manifest, null, 2));
rmSync(out, { recursive: true, force: true });
renameSync(draft, out);

function addFile(name, content) {
  const { name: stem, ext } = parse(name);
  manifest[name] = `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase()}${ext}`;
  writeFileSync(join(draft, manifest[name]), content);
}

// The licences of every package that has a file among these, as they have to go along with it.
function licences(inputs) {
  const packages = new Set(inputs.map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(Boolean));
  return [...packages].sort().map(licence).join(`\n${"=".repeat(80)}\n\n`);
}

function licence(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json")));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)(\.|$)/i.test(file));
  if (!files.length) throw new Error(`${name} has no licence file`);
  return [`${name} ${version} (${license})\n`, ...files.map((file) => readFileSync(join(folder, file), "utf8"))].join("\n");
}
