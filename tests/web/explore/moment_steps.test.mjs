/** The steps of the time machine. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { changedGuesses, confusions, drawnStep, someOf, stepAt, stepsOf, whatIsMissing } from "../../../pages/web/explore/moment_steps.js";

const moment = (n_labels, columns = 4) => ({ id: `m${n_labels}`, n_labels, at: 0, map: "a", columns, undrawn: [] });
const listing = (...counts) => ({ moments: counts.map((n) => moment(n)), hidden: 0, now: { ...moment(30), id: "now" }, curve: [], against: [] });

test("the last step is what is shown now, and without labels there is none", () => {
  assert.deepEqual(stepsOf(listing(1, 5)).map(({ id }) => id), ["m1", "m5", "now"]);
  assert.deepEqual(stepsOf({ ...listing(), now: null }), []);
});

test("a link's number of labels finds its step, or the one before", () => {
  const steps = stepsOf(listing(1, 5, 20));
  assert.deepEqual([1, 4, 5, 19, 20, 99, undefined, 0].map((labels) => stepAt(steps, labels)), [0, 0, 1, 1, 2, 2, 3, 0]);
});

test("where a moment has no drawings, the last ones before it are shown", () => {
  const steps = [moment(1, 0), moment(2), moment(3, 0)];
  assert.deepEqual([0, 1, 2].map((k) => drawnStep(steps, k)), [-1, 1, 1]);
});

test("what changed is known by example, and thinned out evenly", () => {
  assert.deepEqual(changedGuesses(Uint8Array.of(1, 2, 3, 4), Uint8Array.of(1, 0, 3, 5)), [1, 3]);
  assert.deepEqual(someOf([1, 2, 3, 4, 5, 6], 3), [1, 3, 5]);
  assert.deepEqual(someOf([1, 2], 3), [1, 2]);
});

test("what is missing is said", () => {
  assert.equal(whatIsMissing(listing(1, 2)), "");
  assert.match(whatIsMissing(listing(7)), /first moment that was kept is at 7 labels/);
  assert.match(whatIsMissing(listing()), /no moments of before/);
  assert.match(whatIsMissing({ ...listing(1), hidden: 1 }), /1 moment of labels that were undone is hidden; redo brings it back/);
});

test("confusions are named, the most frequent first", () => {
  assert.deepEqual(confusions([3, 8], [[9, 2], [5, 1]], 5), [[8, 3, 5], [3, 8, 2]]);
});
