/**
 * Builds what the app serves: `npm run build` writes pages/web/built/, one module for each page with
 * its styles in it. `npm run build -- --check` writes nothing and fails where a file is another.
 *
 * For development only. The built files are committed, so that the app itself needs no Node.
 */

import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILT = join(HERE, "built");
const ENTRIES = {
  label: "label/label_page.js",
  explore: "explore/explore_page.js",
  compare: "compare/compare.js",
  review: "review/review.js",
  data: "data/data.js",
  export: "export/export.js",
  learn: "learn/learn.js",
  person_menu: "person/person_menu.js", // stands in the frame of every page
  login_return: "person/login_return.js",
  parallel: "columns/parallel_box.js", // which the label page loads once rows are compared
};

/** `import css from "./x.css"` is its text. */
const cssAsText = {
  name: "css-as-text",
  /** @param {import("esbuild").PluginBuild} plugin */
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code, loader: "text" };
    });
  },
};

const { outputFiles } = await build({
  absWorkingDir: HERE,
  entryPoints: ENTRIES,
  outdir: "built",
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  minify: true,
  plugins: [cssAsText],
  target: "es2022",
  write: false,
});
const made = new Map(outputFiles.map(({ path, text }) => [path.slice(BUILT.length + 1), text]));
const there = new Map();
for (const name of await readdir(BUILT).catch(() => [])) there.set(name, await readFile(join(BUILT, name), "utf8"));

if (process.argv.includes("--check")) {
  const names = new Set([...made.keys(), ...there.keys()]);
  const others = [...names].filter((name) => made.get(name) !== there.get(name));
  if (others.length) {
    console.error(`pages/web/built is not what the sources give: ${others.join(", ")}. Run: npm run build`);
    process.exitCode = 1;
  }
} else {
  await rm(BUILT, { recursive: true, force: true });
  await mkdir(BUILT);
  for (const [name, text] of made) await writeFile(join(BUILT, name), text);
}
