import assert from "node:assert/strict";
import { test } from "node:test";
import { agreement, along, directionOf, pairUp } from "../../../pages/web/explore/directions.js";
import { Random } from "../../../pages/web/shared/random.js";

const codes = [[0, 0], [2, 0], [0, 1], [2, 1.5]].map((code) => Float32Array.from(code));
const of = (example) => codes[example];

test("the direction is the mean difference of the pairs", () => {
  const { mean, each, cosine } = directionOf([[1, 0], [3, 2]], of);
  assert.deepEqual([[...mean], each.map((difference) => [...difference])], [[2, 0.25], [[2, 0], [2, 0.5]]]);
  assert.ok(Math.abs(cosine - 2 / Math.hypot(2, 0.5)) < 1e-6);
});

test("pairs that say the same agree, those at random do not, one alone says nothing of it", () => {
  assert.match(agreement(directionOf([[1, 0], [3, 2]], of)), /^The 2 pairs agree\.$/);
  const random = new Random(1);
  const noise = Array.from({ length: 40 }, () => random.normals(30));
  const pairs = Array.from({ length: 20 }, (_, k) => [2 * k, 2 * k + 1]);
  const found = directionOf(pairs, (example) => noise[example]);
  assert.ok(Math.abs(found.cosine) < 0.1 && found.error > 0.7);
  assert.match(agreement(found), /^These 20 pairs do not agree/);
  assert.match(agreement(directionOf([[1, 0]], of)), /^One pair says nothing/);
});

test("pairs that differ a lot may still have a mean to trust", () => {
  const random = new Random(3);
  const shifted = Array.from({ length: 160 }, (_, k) => random.normals(30).map((value) => value + (k % 2 ? 0 : 0.6)));
  const found = directionOf(Array.from({ length: 80 }, (_, k) => [2 * k, 2 * k + 1]), (example) => shifted[example]);
  assert.ok(found.cosine > 0.05 && found.cosine < 0.3);
  assert.match(agreement(found), /^The 80 pairs agree in part: trust their mean/);
});

test("the mean's error falls with the number of pairs", () => {
  const random = new Random(2);
  const shifted = Array.from({ length: 200 }, (_, k) => random.normals(8).map((value) => value + (k % 2 ? 0 : 2)));
  const error = (n) => directionOf(Array.from({ length: n }, (_, k) => [2 * k, 2 * k + 1]), (example) => shifted[example]).error;
  assert.ok(error(100) < error(10) && error(10) < 1);
});

test("a code goes along a direction by its strength", () => {
  assert.deepEqual([...along(Float32Array.of(1, 1), Float32Array.of(2, -1), 0.5)], [2, 0.5]);
});

test("groups of two lengths give as many pairs as the longer has, and none of an example with itself", () => {
  assert.deepEqual(pairUp([1, 2, 3], [7, 8], 9), [[1, 7], [2, 8], [3, 7]]);
  assert.deepEqual(pairUp([1, 2, 3], [7], 2), [[1, 7], [2, 7]]);
  assert.deepEqual(pairUp([1], [1], 5), []);
  assert.deepEqual(pairUp([], [1], 5), []);
});
