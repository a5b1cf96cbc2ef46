import assert from "node:assert/strict";
import { test } from "node:test";
import { coloursOf, greys } from "../../../pages/web/shared/palette.js";
import { Random } from "../../../pages/web/shared/random.js";

const at = ({ palette, of }, ...rgb) => [...palette.slice(3 * of(...rgb), 3 * of(...rgb) + 3)];

test("a grey is itself", () => {
  assert.deepEqual(at(greys(), 0, 0, 0), [0, 0, 0]);
  assert.deepEqual(at(greys(), 201, 201, 201), [201, 201, 201]);
});

test("few colours are kept as they are", () => {
  const colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [12, 200, 90]];
  const made = coloursOf([Uint8Array.from(colours.flat())]);
  for (const colour of colours) assert.deepEqual(at(made, ...colour), colour);
});

test("many colours become 256, each near to what it stands for", () => {
  const random = new Random(1);
  const picture = Uint8Array.from({ length: 3 * 4000 }, () => random.below(256));
  const made = coloursOf([picture.subarray(0, 6000), picture.subarray(6000)]);
  assert.equal(made.palette.length, 3 * 256);
  let total = 0;
  for (let k = 0; k < picture.length; k += 3) {
    const rgb = [...picture.subarray(k, k + 3)];
    total += Math.hypot(...at(made, ...rgb).map((value, c) => value - rgb[c]));
  }
  assert.ok(total / 4000 < 26, `mean distance ${total / 4000}`);
});

test("a colour that was not among them gets the nearest", () => {
  const made = coloursOf([Uint8Array.of(250, 0, 0, 0, 0, 250)]);
  assert.deepEqual(at(made, 200, 40, 10), [250, 0, 0]);
});

test("no picture at all is one colour", () => assert.equal(coloursOf([]).palette.length, 3));
