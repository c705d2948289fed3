// Bundles assets/ into onlooker_console/static: each file under the hash of its content, as it is and gzipped, with a
// manifest from the names that templates use to the files. Every assets/js/*.js and assets/css/*.css is an entry.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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
  legalComments: "linked", // the licences of what is bundled stay beside it
  sourcemap: false,
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint) manifest[basename(entryPoint)] = basename(path);
}
const icon = readFileSync(join(here, "assets", "icon.svg"));
manifest["icon.svg"] = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
copyFileSync(join(here, "assets", "icon.svg"), join(draft, manifest["icon.svg"]));
for (const name of readdirSync(draft)) {
  const content = readFileSync(join(draft, name));
  writeFileSync(join(draft, `${name}.gz`), gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
}
writeFileSync(join(draft, "manifest.json"), JSON.stringify(manifest, null, 2));
rmSync(out, { recursive: true, force: true });
renameSync(draft, out);
