import assert from "node:assert/strict";
import { test } from "node:test";
import { ClassCaptions } from "../../../pages/web/map/class_captions.js";

/** Guesses of class 0 for the first `few` points, else class 1; all sure but the last. */
function clientOf(n, few) {
  const best = Uint8Array.from({ length: n }, (_, i) => (i < few ? 0 : 1));
  return { classes: [{ id: 0 }, { id: 1 }, { id: 2 }], guesses: { best, p: new Uint8Array(n).fill(255).fill(100, n - 1) } };
}

const xyOf = (n, move = 0) => Float32Array.from({ length: 2 * n }, (_, i) => i / (2 * n) + move);

test("a name stands at the median of its sure points, the largest class first", () => {
  const captions = new ClassCaptions();
  captions.place(clientOf(20, 5), xyOf(20));
  assert.deepEqual(captions.list.map(({ cls, n }) => [cls.id, n]), [[1, 14], [0, 5]]);
  const few = captions.list[1];
  assert.ok(Math.abs(few.x - 0.1) < 1e-6 && Math.abs(few.y - 0.125) < 1e-6);
});

test("fewer than five points make no place", () => {
  const captions = new ClassCaptions();
  captions.place(clientOf(20, 4), xyOf(20));
  assert.deepEqual(captions.list.map(({ cls }) => cls.id), [1]);
});

test("names glide to where the next map has them", () => {
  const captions = new ClassCaptions();
  captions.place(clientOf(20, 5), xyOf(20));
  const { x } = captions.list[0];
  captions.place(clientOf(20, 5), xyOf(20, 1));
  assert.equal(captions.list[0].x, x);
  captions.tick(0.5);
  assert.ok(Math.abs(captions.list[0].x - x - 0.5) < 1e-6);
});

test("without a map or guesses there is no name", () => {
  const captions = new ClassCaptions();
  captions.place(clientOf(20, 5), null);
  assert.deepEqual(captions.list, []);
  captions.place({ classes: [{ id: 0 }], guesses: null }, xyOf(20));
  assert.deepEqual(captions.list, []);
});
