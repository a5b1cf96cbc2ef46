/** What the panel of drawings says while there is nothing to see yet. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { isUndrawn } from "../../../pages/web/progress/samples_panel.js";
import { wordsFor } from "../../../pages/web/progress/samples_words.js";

const trainer = { state: "waiting", message: "", seconds_left: null };
const state = (more = {}, n = 0) => ({ snapshot: {}, labels: { n }, trainer: { ...trainer, ...more } });
const learning = { state: "pretraining", message: "M1 learns to redraw the images, pass 3 of 12", seconds_left: 83.2 };
const nothing = { any: false, byClass: false, none: false };

test("before the first drawings it says what they wait for, and for how long", () => {
  assert.equal(wordsFor(null, nothing), "The first drawings come when the model has started.");
  assert.equal(wordsFor(state(learning), nothing),
    "It is learning to draw. The first drawings come when this is done: M1 learns to redraw the images, 83 s left.");
  const encoding = { state: "pretraining", message: "Encoding the images, 3,200 of 10,000. The disk is full.", seconds_left: 5 };
  assert.match(wordsFor(state(encoding), nothing), /: encoding the images, 5 s left\.$/);
  assert.equal(wordsFor(state(), nothing), "It is learning to draw. The first drawings come when it can.");
  assert.match(wordsFor(state({ state: "failed" }), nothing), /not running/);
});

test("drawings without classes ask for labels, and say what may make them better", () => {
  const free = { any: true, byClass: false, none: false };
  assert.match(wordsFor(state(), free), /Your first labels sort these into rows\.$/);
  assert.match(wordsFor(state(learning), free), /into rows\. Better drawings may come: M1 learns .*, 83 s left\.$/);
  assert.match(wordsFor(state({}, 4), free), /learning your classes\.$/);
});

test("drawings of classes speak for themselves, unless better ones may come", () => {
  const rows = { any: true, byClass: true, none: false };
  assert.equal(wordsFor(state({}, 30), rows), "");
  assert.match(wordsFor(state(learning, 30), rows), /^Better drawings may come: M1 learns/);
  assert.equal(wordsFor(state({ state: "failed" }, 30), rows), "");
});

test("what is no picture is not shown, and the panel says so", () => {
  for (const byClass of [true, false]) {
    assert.match(wordsFor(state({}, 9), { any: true, byClass, none: true }), /^It cannot draw this yet: .* as it learns\.$/);
    assert.match(wordsFor(state(learning, 9), { any: true, byClass, none: true }), /^It cannot draw this yet: .* 83 s left\.$/);
  }
});

test("a class cannot be drawn yet where none of its drawings is a picture", () => {
  const group = { id: "now", title: "", columns: 3, by_class: true, undrawn: [0, 3, 4, 5, 7] };
  assert.deepEqual([0, 1, 2, 3].map((cls) => isUndrawn(group, cls)), [false, true, false, false]);
});
