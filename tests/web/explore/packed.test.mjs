import assert from "node:assert/strict";
import { test } from "node:test";
import { toFloats, unpack } from "../../../pages/web/explore/packed.js";

test("halves are read as IEEE 754 has them", () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x0000, 0x7c00);
  const found = [...toFloats(halves)];
  assert.deepEqual(found.slice(0, 2), [1, -2]);
  assert.ok(Math.abs(found[2] - 1 / 3) < 1e-4);
  assert.equal(found[3], 65504);
  assert.ok(Math.abs(found[4] - 2 ** -24) < 1e-12);
  assert.equal(found[6], Infinity);
});

test("halves lie behind their description", () => {
  const text = new TextEncoder().encode('{"n": 1} ');
  const padded = new Uint8Array(4 + 10 + 2);
  new DataView(padded.buffer).setUint32(0, 10, true);
  padded.set(text, 4);
  padded[13] = 32;
  padded.set([0x00, 0x3c], 14);
  const { about, halves } = unpack(padded.buffer);
  assert.deepEqual(about, { n: 1 });
  assert.deepEqual([...toFloats(halves)], [1]);
});
