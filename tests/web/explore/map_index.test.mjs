import assert from "node:assert/strict";
import { test } from "node:test";
import { MapIndex } from "../../../pages/web/explore/map_index.js";
import { Random } from "../../../pages/web/shared/random.js";

const random = new Random(3);
const XY = Float32Array.from({ length: 2 * 500 }, (_, k) => (k % 6 < 4 ? 0.3 : 0.9) + 0.05 * random.normal());

/** All dots by their distance, looked at one by one. */
function plainly(x, y, k) {
  return Array.from({ length: XY.length / 2 }, (_, i) => ({ i, distance: Math.hypot(XY[2 * i] - x, XY[2 * i + 1] - y) }))
    .sort((a, b) => a.distance - b.distance).slice(0, k).map(({ i }) => i);
}

test("the nearest dots are those that a look at every dot finds, inside the map and outside", () => {
  const index = new MapIndex(XY);
  for (const [x, y] of [[0.3, 0.3], [0.6, 0.6], [0.9, 0.31], [0, 1], [-0.4, 0.5], [1.7, 1.2]])
    assert.deepEqual(index.nearest(x, y).map(({ example }) => example), plainly(x, y, 10));
});

test("a map of fewer dots than are asked for gives all of them", () => {
  const index = new MapIndex(Float32Array.of(0.1, 0.1, 0.9, 0.9));
  assert.deepEqual(index.nearest(0.8, 0.8).map(({ example }) => example), [1, 0]);
});

test("what is usual lies beyond most dots' neighbours and far below the map's width", () => {
  const { reach } = new MapIndex(XY);
  assert.ok(reach > 0.01 && reach < 0.2, String(reach));
});
