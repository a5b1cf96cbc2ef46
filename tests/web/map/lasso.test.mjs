import assert from "node:assert/strict";
import { test } from "node:test";
import { Lasso, inside } from "../../../pages/web/map/lasso.js";

const XY = Float32Array.of(0.2, 0.2, 0.8, 0.8, 0.5, 0.5, 0.2, 0.8);
const SQUARE = [[0.4, 0.4], [0.9, 0.4], [0.9, 0.9], [0.4, 0.9]];

test("inside a square are the points in it", () => {
  assert.deepEqual([...inside(XY, SQUARE)], [1, 2]);
});

test("what a concave line leaves out is not inside", () => {
  const corner = [[0, 0], [1, 0], [1, 1], [0.6, 1], [0.6, 0.4], [0, 0.4]];
  assert.deepEqual([...inside(XY, corner)], [0, 1]);
});

/** A lasso on a map whose pixels are the world's units; `selected` follows the client. */
function onMap(selected = []) {
  const client = {
    selection: new Set(selected), selectedOn: 1,
    setSelection(examples, version) {
      [client.selection, client.selectedOn] = [examples, version];
    },
  };
  const map = { client, version: 4, moveAnimation: { now: XY }, camera: { toWorld: (x, y) => [x, y] },
    point: () => {}, redraw: () => {}, release: () => {} };
  const lasso = new Lasso(map);
  return { client, lasso, gestures: lasso.gestures() };
}

test("a line selects, adds to or removes from what was selected before it", () => {
  for (const [mode, expected] of [["replace", [1, 2]], ["add", [1, 2, 3]], ["remove", [3]]]) {
    const { client, gestures } = onMap([1, 3]);
    gestures.started();
    gestures.enclose(SQUARE, mode);
    gestures.ended(false);
    assert.deepEqual([...client.selection].sort(), expected, mode);
    assert.equal(client.selectedOn, 4);
  }
});

test("a cancelled line leaves the selection, and the map it was made on, as they were", () => {
  const { client, lasso, gestures } = onMap([3]);
  gestures.started();
  gestures.enclose(SQUARE, "replace");
  gestures.ended(true);
  assert.deepEqual([[...client.selection], client.selectedOn, lasso.paths], [[3], 1, []]);
});

test("a page that takes what is drawn gets the line, and nothing is selected by it", () => {
  const { client, lasso, gestures } = onMap([3]);
  const told = [];
  lasso.map.stroke = (line, isDone) => told.push([line.length, isDone]);
  for (const isCancelled of [false, true]) {
    gestures.started();
    gestures.enclose(SQUARE, "replace");
    gestures.ended(isCancelled);
  }
  gestures.started();
  gestures.ended(false);
  assert.deepEqual(told, [[4, false], [4, true], [4, false], [0, true]]);
  assert.deepEqual([...client.selection], [3]);
});
