import assert from "node:assert/strict";
import { test } from "node:test";
import { Predictions } from "../../../pages/web/session/predictions.js";

// Two examples: planes best, p, second, p2.
const predictions = new Predictions(Uint8Array.of(3, 4, 204, 255, 7, 4, 51, 0).buffer, "rev");
const all = () => true;

test("the two likeliest classes of an example, with their probabilities", () => {
  assert.deepEqual(predictions.of(0, all), { best: 3, p: 0.8, second: 7, p2: 0.2 });
});

test("a second class that is the best one again is none", () => {
  assert.equal(predictions.of(1, all).second, null);
});

test("the second takes the place of a class that is gone; without either there is no guess", () => {
  assert.deepEqual(predictions.of(0, (id) => id !== 3), { best: 7, p: 0.2, second: null, p2: 0 });
  assert.equal(predictions.of(0, () => false), null);
});
