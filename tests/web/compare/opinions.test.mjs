import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING, difference, differing, disagreements, majority } from "../../../pages/web/compare/opinions.js";

const of = (...ids) => Uint8Array.from(ids);

test("the majority is what most models name, and in a tie what the first one does", () => {
  const opinions = [of(1, 1, 3, 4), of(1, 2, 5, NOTHING), of(2, 2, 7, NOTHING)];
  assert.deepEqual([...majority(opinions)], [1, 2, 3, 4]);
  assert.deepEqual([...majority([])], []);
});

test("a model that takes an example for nothing has no vote, and differs from those that do not", () => {
  const opinions = [of(NOTHING), of(NOTHING), of(6)];
  assert.deepEqual([...majority(opinions)], [6]);
  assert.deepEqual([...differing(opinions[0], of(6))], [1]);
  assert.deepEqual([...differing(opinions[2], of(6))], [0]);
});

test("what most models quarrel about comes first, then what they are least sure of", () => {
  const sure = of(255, 255, 255, 255), unsure = of(90, 255, 90, 90);
  const guesses = [
    { best: of(1, 4, 1, 1), p: unsure }, { best: of(2, 4, 1, 2), p: sure },
    { best: of(3, 4, 2, 2), p: sure }, { best: of(3, 4, 1, 1), p: sure },
  ];
  assert.deepEqual(disagreements(guesses, () => true), [0, 3, 2]);
  assert.deepEqual(disagreements(guesses, (example) => example !== 0), [3, 2]);
  assert.deepEqual(disagreements(guesses.slice(0, 1), () => true), []);
});

test("the difference of two matrices is cell by cell", () => {
  assert.deepEqual(difference([[3, 1], [0, 4]], [[2, 2], [0, 4]]), [[1, -1], [0, 0]]);
});
