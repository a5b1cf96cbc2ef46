import assert from "node:assert/strict";
import { test } from "node:test";
import { layOutCaptions } from "../../../pages/web/map/caption_layout.js";

const WIDTH = 700;
const caption = (id, x, y, name = 60) => ({ id, x, y, glyph: 20, name });
const full = (found) => found.filter(({ isFull }) => isFull).map(({ id }) => id);
const ids = (found) => found.map(({ id }) => id);

test("names are written out where there is room", () => {
  const found = layOutCaptions([caption(0, 100, 100), caption(1, 300, 100), caption(2, 300, 300)], WIDTH, new Set());
  assert.deepEqual(full(found), [0, 1, 2]);
});

test("where two would meet the first is written out, the other keeps its glyph", () => {
  const found = layOutCaptions([caption(0, 100, 100), caption(1, 150, 110)], WIDTH, new Set());
  assert.deepEqual([ids(found), full(found)], [[0, 1], [0]]);
});

test("no name takes the place of another's glyph", () => {
  const found = layOutCaptions([caption(0, 100, 100, 120), caption(1, 140, 100)], WIDTH, new Set());
  assert.deepEqual(found, [{ id: 0, isFull: false }, { id: 1, isFull: false }]);
});

test("a glyph that meets another is left out, unless its class is looked at", () => {
  const list = [caption(0, 100, 100), caption(1, 105, 100)];
  assert.deepEqual(ids(layOutCaptions(list, WIDTH, new Set())), [0]);
  assert.deepEqual(full(layOutCaptions(list, WIDTH, new Set(), 1)), [1]);
});

test("a name that is too wide, or would be cut off at the edge, is a glyph", () => {
  assert.deepEqual(full(layOutCaptions([caption(0, 300, 100, 200), caption(1, 10, 300)], WIDTH, new Set())), []);
});

test("a name does not come and go while the map glides by a pixel", () => {
  const list = [caption(0, 100, 100), caption(1, 163, 100)]; // 3 px between the two
  assert.deepEqual(full(layOutCaptions(list, WIDTH, new Set())), [0]);
  assert.deepEqual(full(layOutCaptions(list, WIDTH, new Set([0, 1]))), [0, 1]);
});
