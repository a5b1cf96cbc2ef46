import assert from "node:assert/strict";
import { test } from "node:test";
import { gifOf } from "../../../pages/web/explore/save.js";

const timesOf = (file) => [...file].flatMap((byte, k) => (byte === 0x21 && file[k + 1] === 0xf9 ? [file[k + 4] + 256 * file[k + 5]] : []));

test("a film is enlarged by whole times, and its frames share its seconds", () => {
  const file = gifOf(Array.from({ length: 10 }, () => new Uint8Array(28 * 28)), [28, 28, 1], 4);
  assert.deepEqual([...file.slice(6, 10)], [224, 0, 224, 0]);
  assert.deepEqual(timesOf(file), Array(10).fill(40));
});

test("a coloured film has colours of its own, and none is faster than browsers play", () => {
  const frame = Uint8Array.from({ length: 64 * 48 * 3 }, (_, k) => (k % 3 === 0 ? 200 : 10));
  const file = gifOf(Array.from({ length: 200 }, () => frame), [64, 48, 3], 1);
  assert.deepEqual([...file.slice(6, 10)], [192, 0, 0, 1]);
  assert.deepEqual([...file.slice(13, 16)], [200, 10, 10]);
  assert.equal(Math.min(...timesOf(file)), 2);
});
