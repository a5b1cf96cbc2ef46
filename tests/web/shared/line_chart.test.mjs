import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest, scale, ticks } from "../../../pages/web/shared/line_chart.js";

test("ticks are round, within the range, and not too many", () => {
  assert.deepEqual(ticks([79, 100.5], 5), [80, 85, 90, 95, 100]);
  assert.deepEqual(ticks([0, 64.5], 6), [0, 20, 40, 60]);
  assert.deepEqual(ticks([0, 1237], 6), [0, 500, 1000]);
  assert.deepEqual(ticks([0, 0.3], 4), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(ticks([5, 5], 5), [5]);
});

test("a scale goes from one range to the other, also downwards", () => {
  const y = scale([80, 100], [200, 0]);
  assert.deepEqual([80, 90, 100].map(y), [200, 100, 0]);
  assert.equal(scale([5, 5], [0, 10])(5), 0);
});

test("the pointer means the nearest point within 20 pixels, the last of those at one place", () => {
  const points = [[10, 10], [50, 50], [50, 50]].map(([px, py], k) => ({ px, py, k }));
  assert.equal(nearest(points, 12, 12).k, 0);
  assert.equal(nearest(points, 52, 49).k, 2);
  assert.equal(nearest(points, 30, 30), null);
});
