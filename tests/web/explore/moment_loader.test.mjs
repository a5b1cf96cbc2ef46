/** Moments are read once; what failed, and what is shown now, is read again. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { MomentLoader } from "../../../pages/web/explore/moment_loader.js";

const about = (id, map = "a") => ({ id, n_labels: 1, at: 0, map, columns: 4, undrawn: [] });

function loader() {
  const asked = [];
  const api = {
    fails: false,
    get: async (path) => (asked.push(path), path === "moments" ? { moments: [] } : { n: 3 }),
    array: async (path) => {
      asked.push(path);
      if (api.fails) throw new Error("away");
      return { buffer: path.endsWith("map") ? new Float32Array([0.5, 1]).buffer : Uint8Array.of(1, 2, 3, 4, 5, 6).buffer };
    },
  };
  return { asked, api, loader: new MomentLoader(api) };
}

test("an array is split into its planes, and asked for once", async () => {
  const { asked, loader: moments } = loader();
  const { best, p, labels } = await moments.guesses(about("x"));
  assert.deepEqual([[...best], [...p], [...labels]], [[1, 2], [3, 4], [5, 6]]);
  await moments.guesses(about("x"));
  assert.deepEqual(asked, ["moments/x/guesses"]);
});

test("moments on the same map share it", async () => {
  const { asked, loader: moments } = loader();
  await moments.map(about("x"));
  await moments.map(about("y"));
  await moments.map(about("z", "b"));
  assert.deepEqual(asked, ["moments/x/map", "moments/z/map"]);
});

test("what failed is asked again", async () => {
  const { asked, api, loader: moments } = loader();
  api.fails = true;
  await assert.rejects(moments.drawings(about("x")));
  api.fails = false;
  assert.equal((await moments.drawings(about("x"))).length, 6);
  assert.equal(asked.length, 2);
});

test("what is shown now is read anew with every list, and confusion with every label", async () => {
  const { asked, loader: moments } = loader();
  for (const name of ["now", "x"]) await moments.guesses(about(name));
  await moments.confusion(about("x"), "labels");
  await moments.list();
  moments.forgetConfusion();
  for (const name of ["now", "x"]) await moments.guesses(about(name));
  await moments.confusion(about("x"), "labels");
  assert.deepEqual(asked.filter((path) => path.includes("now")).length, 2);
  assert.deepEqual(asked.filter((path) => path === "moments/x/guesses").length, 1);
  assert.deepEqual(asked.filter((path) => path.includes("confusion")).length, 2);
});
