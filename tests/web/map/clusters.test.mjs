import assert from "node:assert/strict";
import { test } from "node:test";
import { Clusters } from "../../../pages/web/map/clusters.js";

/** A heap of n points around a place, always the same. */
function heap(n, x, y, size = 0.03) {
  return Array.from({ length: n }, (_, k) => {
    const [angle, far] = [k * 2.39996, size * Math.sqrt((k + 0.5) / n)];
    return [x + far * Math.cos(angle), y + far * Math.sin(angle)];
  });
}

const LONELY = [[0.95, 0.05]];
const XY = Float32Array.from([...heap(300, 0.2, 0.2), ...heap(500, 0.7, 0.7), ...LONELY].flat());
const clusters = new Clusters(XY);

test("heaps that lie apart are numbered by size, the largest first", () => {
  const numbers = clusters.numbers();
  assert.deepEqual(new Set(numbers.slice(0, 300)), new Set([2]));
  assert.deepEqual(new Set(numbers.slice(300, 800)), new Set([1]));
});

test("around an example is its heap, all of it", () => {
  assert.deepEqual(clusters.around(5), Array.from({ length: 300 }, (_, k) => k));
});

test("an empty map has no clusters", () => {
  assert.equal(new Clusters(new Float32Array(0)).numbers().length, 0);
});
