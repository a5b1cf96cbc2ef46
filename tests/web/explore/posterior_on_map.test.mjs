import assert from "node:assert/strict";
import { test } from "node:test";

import { PosteriorOnMap } from "../../../pages/web/explore/posterior_on_map.js";

globalThis.requestAnimationFrame = (act) => setImmediate(() => act(0));

/** A map whose places are the codes themselves, so that a posterior is on it what it is among the codes. */
const plane = () => {
  const side = 61;
  const all = Float32Array.from({ length: 2 * side * side }, (_, k) => (k % 2 ? Math.floor(k / 2 / side) : Math.floor(k / 2) % side) / (side - 1));
  const codes = { n: side * side, has: () => true, dim: () => 2, all: () => all };
  let redrawn = 0;
  const map = { shown: all.slice(), layers: [], redraw: () => (redrawn += 1) };
  return { shared: /** @type {any} */ ({ codes, map }), map, count: () => redrawn };
};

test("where places are the codes the ellipse is the posterior", async () => {
  const { shared, map } = plane();
  const onMap = new PosteriorOnMap(shared);
  await onMap.show([0.4, 0.6], [0.1 ** 2, 0.04 ** 2], 7);
  assert.equal(onMap.places.length, 96);
  const { centre, major, minor, angle } = onMap.ellipse;
  assert.ok(Math.hypot(centre[0] - 0.4, centre[1] - 0.6) < 0.03);
  assert.ok(Math.abs(major - 0.1) < 0.03);
  assert.ok(Math.abs(minor - 0.04) < 0.015);
  assert.ok(Math.abs(angle) < 0.3);
  const first = JSON.stringify(onMap.places);
  await onMap.show([0.4, 0.6], [0.1 ** 2, 0.04 ** 2], 7);
  assert.equal(JSON.stringify(onMap.places), first); // the seed decides
  onMap.destroy();
  assert.equal(map.layers.length, 0);
});

test("a point has no ellipse, and one that is asked for later wins", async () => {
  const { shared, map } = plane();
  const onMap = new PosteriorOnMap(shared);
  const early = onMap.show([0.1, 0.1], [0.01, 0.01], 1);
  await Promise.all([early, onMap.show([0.7, 0.7], null, 1)]);
  assert.equal(onMap.places.length, 1);
  assert.equal(onMap.ellipse, null);
  assert.ok(onMap.isShown);
  map.shown = map.shown.slice(); // another map: what lies on the old one is not shown
  assert.ok(!onMap.isShown);
});
