import assert from "node:assert/strict";
import { test } from "node:test";
import { LabelOverlay, NONE, STATES } from "../../../pages/web/session/label_overlay.js";

function withFive(seq = 10) {
  const overlay = new LabelOverlay();
  overlay.load(new Uint8Array(5).fill(NONE), seq);
  return overlay;
}

let number = 0;
const label = (examples, cls) => ({ op_id: `op${number++}`, kind: "label", examples, class: cls });
const step = (kind) => ({ op_id: `op${number++}`, kind });

test("a label is seen and counted at once", () => {
  const overlay = withFive();
  overlay.record(label([1, 3], 7));
  assert.deepEqual([...overlay.labels], [NONE, 7, NONE, 7, NONE]);
  assert.deepEqual([overlay.labelled, overlay.counts[7], overlay.counts[NONE]], [2, 2, 3]);
});

test("a state is no label", () => {
  const overlay = withFive();
  overlay.record({ op_id: "x", kind: "junk", examples: [0] });
  assert.equal(overlay.labels[0], STATES.junk);
  assert.equal(overlay.labelled, 0);
});

test("what is on its way stays on top of labels that are read meanwhile", () => {
  const overlay = withFive();
  overlay.record(label([1], 7));
  overlay.load(Uint8Array.of(2, NONE, NONE, NONE, NONE), 11);
  assert.deepEqual([...overlay.labels], [2, 7, NONE, NONE, NONE]);
});

test("labels older than those we have are left aside", () => {
  const overlay = withFive(10);
  assert.equal(overlay.load(new Uint8Array(5), 9), false);
  assert.equal(overlay.labels[0], NONE);
});

test("undo brings back what was there, redo makes it again", () => {
  const overlay = withFive();
  overlay.record(label([1], 7));
  overlay.record(label([1], 8));
  assert.deepEqual(overlay.step(step("undo")).examples, [1]);
  assert.equal(overlay.labels[1], 7);
  overlay.step(step("redo"));
  assert.equal(overlay.labels[1], 8);
  assert.equal(overlay.step(step("redo")), null);
});

test("an answer in step confirms; one that tells of others' events asks for a reading", () => {
  const overlay = withFive(10);
  const [first, second] = [label([1], 7), label([2], 7)];
  overlay.record(first);
  overlay.record(second);
  assert.equal(overlay.acknowledge(first, 11), true);
  assert.equal(overlay.acknowledge(second, 14), false);
  assert.deepEqual([overlay.seq, overlay.pending.length, overlay.done.length], [14, 0, 0]);
});

test("a refused operation shows again what was there", () => {
  const overlay = withFive();
  const op = label([1], 7);
  overlay.record(op);
  overlay.reject(op);
  assert.deepEqual([overlay.labels[1], overlay.labelled, overlay.done.length], [NONE, 0, 0]);
});

test("a label on its way can be undone, and ends all redoing", () => {
  const overlay = withFive();
  overlay.begin(step("undo"));
  assert.equal(overlay.leaves("redo"), true);
  overlay.begin(label([1], 7));
  assert.equal(overlay.leaves("redo"), false);
  assert.equal(overlay.leaves("undo"), true);
});
