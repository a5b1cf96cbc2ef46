/** Strokes by hand: drawn, taken back, and carried by a link. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { fromBase64, inBase64 } from "../../../pages/web/explore/base64.js";
import { Strokes } from "../../../pages/web/explore/strokes.js";

function drawn() {
  const strokes = new Strokes();
  strokes.begin(0.1, 0.2, 0.08, "#000000");
  for (let k = 1; k < 300; k++) strokes.go(0.1 + k / 500, 0.2);
  strokes.begin(0.5, 0.5, 0.04, "#ff0000");
  return strokes;
}

test("a link carries them, with fewer points", () => {
  const again = new Strokes();
  again.restore(JSON.parse(JSON.stringify(drawn().state)));
  assert.equal(again.list.length, 2);
  assert.equal(again.list[0].points.length, 48);
  const near = (place, expected) => place.every((value, axis) => Math.abs(value - expected[axis]) < 0.01);
  assert.ok(near(again.list[0].points[0], [0.1, 0.2]));
  assert.ok(near(again.list[0].points.at(-1), [0.698, 0.2]));
  assert.ok(JSON.stringify(again.state).length < 300);
  assert.equal(again.list[0].width, 0.08);
  assert.equal(again.list[1].colour, "#ff0000");
  assert.deepEqual(again.state, drawn().state);
});

test("what is no stroke is left out of a link", () => {
  const strokes = new Strokes();
  for (const odd of [null, 5, "x", [1], [[80]], ["80.red.1020"], ["80.000000."], ["80.000000.102"], ["9999.000000.1020"]]) {
    strokes.restore(odd);
    assert.equal(strokes.isEmpty, true);
  }
  strokes.restore(["80.00ff00.0099"]);
  assert.deepEqual(strokes.list, [{ points: [[0, 1]], width: 0.08, colour: "#00ff00" }]);
});

test("undo takes the last stroke back", () => {
  const strokes = drawn();
  assert.equal(strokes.undo(), true);
  assert.equal(strokes.list.length, 1);
  strokes.clear();
  assert.equal(strokes.undo(), false);
});

test("bytes come back from text", () => {
  const bytes = Uint8Array.from({ length: 70000 }, (_, k) => k % 256);
  assert.deepEqual(fromBase64(inBase64(bytes)), bytes);
});
