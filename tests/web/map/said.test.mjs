import assert from "node:assert/strict";
import { test } from "node:test";

import { Said } from "../../../pages/web/map/said.js";
import { NONE, STATES } from "../../../pages/web/session/label_overlay.js";

const now = { classes: [], guesses: null, labels: Uint8Array.of(0, NONE, 1, STATES.skip), selection: new Set(), solo: null, labelOverlay: { labelled: 2 } };
const then = { guesses: { best: Uint8Array.of(1, 1, 1, 1), p: Uint8Array.of(9, 9, 9, 9) },
  labels: Uint8Array.of(NONE, NONE, 1, STATES.unsure), xy: new Float32Array(8) };

test("what is known now is marked and counted", () => {
  const said = new Said(/** @type {any} */ (now));
  said.mark();
  assert.deepEqual(said.marked, [0, 2]);
  assert.equal(said.labelled, 2);
});

test("of another time the labels of that time are marked and counted, and then those of now again", () => {
  const said = new Said(/** @type {any} */ (now));
  said.show(then);
  assert.equal(said.guesses, then.guesses);
  assert.deepEqual(said.marked, [2, 3]); // one is unsure: marked, and no class
  assert.equal(said.labelled, 1);
  said.show(null);
  assert.equal(said.labelled, 2);
  assert.deepEqual(said.marked, [0, 2]);
});
