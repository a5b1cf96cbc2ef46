import assert from "node:assert/strict";
import { test } from "node:test";
import { ClassOverlay, KEYS, effectOn, sameName } from "../../../pages/web/session/class_overlay.js";

const CLASSES = ["cat", "dog", "owl"].map((name, id) => ({ id, name, key: KEYS[id], glyph: name[0].toUpperCase() }));
const names = (classes) => classes.map(({ name }) => name);

function after(op) {
  const overlay = new ClassOverlay();
  overlay.begin({ op_id: "a", ...op });
  return overlay.of(CLASSES);
}

test("without changes the server's list is given as it is", () => {
  assert.equal(new ClassOverlay().of(CLASSES), CLASSES);
});

test("a new class is last, with the next key and its first letter, before it has an id", () => {
  const made = after({ kind: "class-add", name: " élan" }).at(-1);
  assert.deepEqual([made.id < 0, made.key, made.glyph], [true, KEYS[3], "É"]);
});

test("renamed, deleted, merged and sorted classes are so at once, with keys by place", () => {
  assert.deepEqual(names(after({ kind: "class-rename", class: 1, name: "wolf" })), ["cat", "wolf", "owl"]);
  assert.deepEqual(names(after({ kind: "class-delete", class: 0 })), ["dog", "owl"]);
  assert.deepEqual(names(after({ kind: "class-merge", class: 0, into: 1 })), ["dog", "owl"]);
  const sorted = after({ kind: "class-order", order: [2, 0] });
  assert.deepEqual(names(sorted), ["owl", "cat", "dog"]);
  assert.deepEqual(sorted.map(({ key }) => key), [KEYS[0], KEYS[1], KEYS[2]]);
});

test("a change stays on top until a state contains it", () => {
  const overlay = new ClassOverlay();
  const op = { op_id: "a", kind: "class-add", name: "elk" };
  overlay.begin(op);
  overlay.settle(100); // not answered: the state cannot contain it
  assert.equal(overlay.of(CLASSES).length, 4);
  overlay.acknowledge(op, { seq: 7, class: 3 });
  assert.equal(overlay.of(CLASSES).at(-1).id, 3);
  overlay.settle(6);
  assert.equal(overlay.of(CLASSES).length, 4);
  overlay.settle(7);
  assert.equal(overlay.of(CLASSES).length, 3);
});

test("a refused change is gone", () => {
  const overlay = new ClassOverlay();
  overlay.begin({ op_id: "a", kind: "class-delete", class: 0 });
  overlay.reject({ op_id: "a" });
  assert.equal(overlay.of(CLASSES), CLASSES);
});

test("merging moves a class's labels, deleting takes them away", () => {
  const labels = Uint8Array.of(0, 1, 0, 255);
  assert.deepEqual(effectOn(labels, { kind: "class-merge", class: 0, into: 1 }, 255), { examples: [0, 2], values: [1, 1] });
  assert.deepEqual(effectOn(labels, { kind: "class-delete", class: 0 }, 255), { examples: [0, 2], values: [255, 255] });
  assert.deepEqual(effectOn(null, { kind: "class-delete", class: 0 }, 255), { examples: [], values: [] });
});

test("names are the same if only case and spaces differ", () => {
  assert.ok(sameName(" Great  cat", "great CAT"));
  assert.ok(!sameName("cat", "cats"));
});
