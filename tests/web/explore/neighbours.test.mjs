import assert from "node:assert/strict";
import { test } from "node:test";
import { classShares, flips, largest, margin, nearestCodes } from "../../../pages/web/explore/neighbours.js";
import { Random } from "../../../pages/web/shared/random.js";

test("the nearest are those that sorting all distances gives", () => {
  const random = new Random(4);
  const [n, dim] = [500, 6];
  const codes = random.normals(n * dim);
  const code = random.normals(dim);
  const distance = (i) => Math.hypot(...code.map((value, d) => value - codes[i * dim + d]));
  const sorted = Array.from({ length: n }, (_, i) => i).sort((i, j) => distance(i) - distance(j));
  const { examples, distances } = nearestCodes(codes, code, 9);
  assert.deepEqual([...examples], sorted.slice(0, 9));
  distances.forEach((value, k) => assert.ok(Math.abs(value - distance(sorted[k])) < 1e-4));
  assert.equal(nearestCodes(codes.subarray(0, 2 * dim), code, 9).examples.length, 2);
});

const client = {
  labelOf: (example) => ({ 0: 4, 1: 9 })[example] ?? null,
  guessOf: (example) => ({ 2: { best: 9, p: 0.6, second: 4, p2: 0.3 }, 3: { best: 7, p: 1, second: null, p2: 0 } })[example] ?? null,
};

test("a label counts whole, a guess by its probabilities, and what nobody knows not at all", () => {
  assert.deepEqual([...classShares([0, 1, 2, 5], client)].map(([cls, p]) => [cls, Number(p.toFixed(4))]), [[4, 0.4333], [9, 0.5333]]);
  assert.equal(classShares([5, 6], client).size, 0);
  assert.equal(largest(classShares([0, 1, 2], client)), 9);
  assert.equal(largest(new Map()), null);
});

test("the guess flips where two shares cross", () => {
  const steps = [[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.1, 0.9]].map(([four, nine]) => new Map([[4, four], [9, nine]]));
  const [flip, ...more] = flips(steps);
  assert.deepEqual([flip.from, flip.to, more.length], [4, 9, 0]);
  assert.ok(Math.abs(flip.at - 1.4 / 3) < 1e-9);
  assert.equal(margin(steps[0], 4, 9) > 0.79, true);
});

test("it may flip twice, or never, and steps of which nothing is known are stepped over", () => {
  const one = (cls) => new Map(cls === null ? [] : [[cls, 1]]);
  assert.deepEqual(flips([1, 1, 2, 3].map(one)).map(({ from, to }) => [from, to]), [[1, 2], [2, 3]]);
  assert.deepEqual(flips([1, null, 1].map(one)), []);
  assert.deepEqual(flips([null, 1, null, 2].map(one)).map(({ at }) => Number(at.toFixed(4))), [0.6667]);
});
