import assert from "node:assert/strict";
import { test } from "node:test";
import { selectOpen } from "../../../pages/web/explore/at_flip.js";

/** A client that knows of some labelled images; `selected` follows it. */
function known(labelled) {
  const client = { selected: null, isOpen: (example) => !labelled.includes(example), setSelection: (examples) => { client.selected = examples; } };
  return client;
}

test("what has no label near the flip is selected, twelve at most, and what has one is left alone", () => {
  const client = known([1, 3]);
  assert.match(selectOpen(client, Int32Array.of(0, 1, 2)), /^2 images near the flip are selected/);
  assert.deepEqual(client.selected, [0, 2]);
  selectOpen(client, Array.from({ length: 40 }, (_, k) => 100 + k));
  assert.equal(client.selected.length, 12);
  assert.match(selectOpen(client, [7]), /^1 image near the flip is selected/);
});

test("without a flip, or with labels all around it, nothing is selected and it says why", () => {
  const client = known([5]);
  assert.match(selectOpen(client, []), /does not change/);
  assert.match(selectOpen(client, [5]), /has a label already/);
  assert.equal(client.selected, null);
});
