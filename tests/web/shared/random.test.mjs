import assert from "node:assert/strict";
import { test } from "node:test";
import { Random, anySeed } from "../../../pages/web/shared/random.js";

const moments = (values) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return [mean, values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length];
};

test("one seed gives one sequence, another seed another", () => {
  const draw = (seed) => { const random = new Random(seed); return [random.uniform(), random.normal(), random.below(100)]; };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

test("it is mulberry32, whose first numbers of seed 1 are known", () => {
  const random = new Random(1);
  assert.deepEqual([random.uniform(), random.uniform()].map((u) => u.toFixed(6)), ["0.627074", "0.002736"]);
});

test("uniform numbers fill [0, 1) evenly", () => {
  const random = new Random(3);
  const values = Array.from({ length: 20000 }, () => random.uniform());
  const [mean, variance] = moments(values);
  assert.ok(Math.abs(mean - 1 / 2) < 0.01 && Math.abs(variance - 1 / 12) < 0.003);
  assert.ok(Math.min(...values) >= 0 && Math.max(...values) < 1);
});

test("normal numbers have mean 0, variance 1 and no two that hang together", () => {
  const values = [...new Random(5).normals(20000)];
  const [mean, variance] = moments(values);
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.04);
  const next = values.slice(1).reduce((sum, value, k) => sum + value * values[k], 0) / values.length;
  assert.ok(Math.abs(next) < 0.03);
  const within = values.filter((value) => Math.abs(value) < 1).length / values.length;
  assert.ok(Math.abs(within - 0.6827) < 0.015);
});

test("some of a list are different ones of it, and all where it is short", () => {
  const some = new Random(2).some([5, 6, 7, 8, 9], 3);
  assert.equal(new Set(some).size, 3);
  assert.deepEqual(new Random(2).some([1, 2], 9).sort(), [1, 2]);
  assert.deepEqual(new Random(2).some([], 3), []);
});

test("a seed that nobody chose has five digits at most", () => {
  for (let k = 0; k < 50; k++) assert.ok(anySeed() >= 0 && anySeed() < 100000 && Number.isInteger(anySeed()));
});
