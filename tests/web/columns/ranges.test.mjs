import assert from "node:assert/strict";
import { test } from "node:test";

import { columnCalled, inUnits } from "../../../pages/web/columns/columns_client.js";
import { traceOf } from "../../../pages/web/columns/parallel_box.js";
import { N_BINS, histogram, shades, within } from "../../../pages/web/columns/ranges.js";

const VALUES = Float32Array.from([0, 1, 2, NaN, 4]);

test("a histogram counts every value once, and none that is missing", () => {
  const { low, high, counts } = histogram(VALUES);
  assert.deepEqual([low, high], [0, 4]);
  assert.equal(counts.reduce((a, b) => a + b), 4);
  assert.equal(counts[0], 1);
  assert.equal(counts[N_BINS - 1], 1);
  assert.deepEqual(histogram(Float32Array.of(NaN)).counts.some(Boolean), false);
  assert.equal(histogram(Float32Array.of(3, 3)).counts[0], 2);
});

test("a range has both its ends, and never what is missing", () => {
  assert.deepEqual(within(VALUES, 1, 4), [1, 2, 4]);
  assert.deepEqual(within(VALUES, -Infinity, Infinity), [0, 1, 2, 4]);
});

test("shades go from 1 to 255, 0 where missing, whatever one extreme row holds", () => {
  assert.deepEqual([...shades(VALUES)].map((shade) => shade > 0), [true, true, true, false, true]);
  const many = Float32Array.from({ length: 200 }, (_, k) => (k === 7 ? 1e6 : k));
  const found = shades(many);
  assert.equal(found[0], 1);
  assert.equal(found[7], 255);
  assert.ok(found[100] > 100);
  assert.deepEqual([...shades(Float32Array.of(5, 5))], [1, 1]);
});

test("a column is found by its name or by how only it begins", () => {
  const names = ["CD3D", "CD3E", "MS4A1"];
  assert.equal(columnCalled(names, "cd3e"), 1);
  assert.equal(columnCalled(names, "ms4"), 2);
  assert.equal(columnCalled(names, "cd3"), null);
  assert.equal(columnCalled(names, " "), null);
});

test("values are written with the digits that tell them apart", () => {
  assert.deepEqual([3, 0.123456, 12345.67, 1e-5, null].map(inUnits), ["3", "0.1235", "12346", "1.00e-5", "missing"]);
});

test("lines stand between the ends of their axes, with a gap after each", () => {
  const axes = [{ column: 0, name: "a", low: 0, high: 10 }, { column: 1, name: "b", low: 5, high: 5 }];
  const { x, y } = traceOf({ n: 1, axes, lines: { selected: [[5, 5], [null, 5]] } }, "selected", "red");
  assert.deepEqual(x, [0, 1, null, 0, 1, null]);
  assert.deepEqual(y, [0.5, 0.5, null, null, 0.5, null]);
});
