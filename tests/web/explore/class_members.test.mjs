import assert from "node:assert/strict";
import { test } from "node:test";
import { membersOf, middleOf, neighbouringPair } from "../../../pages/web/explore/class_members.js";

const client = {
  classes: [{ id: 0 }, { id: 1 }, { id: 2 }],
  labelOf: (example) => ({ 3: 0, 5: 1 })[example] ?? null,
  guessOf: (example) => ({ 0: { best: 0, p: 0.95 }, 1: { best: 1, p: 0.5 }, 2: { best: 1, p: 0.99 }, 3: { best: 2, p: 1 } })[example] ?? null,
};

test("members of a class have its label or a sure guess, labels first, and a label beats a guess", () => {
  assert.deepEqual([...membersOf(client, 6)], [[0, [3, 0]], [1, [5, 2]], [2, []]]);
});

const XY = Float32Array.of(0, 0, 1, 0, 9, 9, 20, 0, 21, 0, 2, 30);

test("the middle image of a class is nearest to its median", () => {
  assert.equal(middleOf([0, 1, 2], XY), 1);
  assert.equal(middleOf([], XY), null);
});

test("two classes beside each other are shown first", () => {
  const members = new Map([[0, [0, 1]], [1, [3, 4]], [2, [5]], [3, []]]);
  assert.deepEqual(neighbouringPair(members, XY), [1, 4]);
  assert.equal(neighbouringPair(new Map([[0, [1]], [1, []]]), XY), null);
});
