import assert from "node:assert/strict";
import { test } from "node:test";
import { examplesOf, pileOf, sizeOf } from "../../../pages/web/ask/piles.js";
import { LabelOverlay, NONE, STATES } from "../../../pages/web/session/label_overlay.js";

function labelled(...values) {
  const labelOverlay = new LabelOverlay();
  labelOverlay.load(Uint8Array.from(values), 1);
  return { labelOverlay, labels: labelOverlay.labels, counts: labelOverlay.counts };
}

test("a pile holds what was put on it, in order", () => {
  const client = labelled(STATES.junk, 0, NONE, STATES.skip, 3, STATES.junk);
  assert.deepEqual(examplesOf(client, "junk"), [0, 5]);
  assert.deepEqual(examplesOf(client, "labelled"), [1, 4]);
  assert.deepEqual(["skip", "unsure", "junk", "labelled"].map((name) => sizeOf(client, name)), [1, 0, 2, 2]);
});

test("without labels all piles are empty", () => {
  assert.deepEqual(examplesOf({ labels: null }, "junk"), []);
});

test("a pile has a title", () => {
  assert.equal(pileOf("skip").title, "Skipped");
});
