import assert from "node:assert/strict";
import { test } from "node:test";
import { compress, encodeGif } from "../../../pages/web/shared/gif.js";
import { Random } from "../../../pages/web/shared/random.js";

/** LZW read back as a plain reader does: the second computation. */
function expand(bytes, bits) {
  const [clear, end] = [2 ** bits, 2 ** bits + 1];
  let [at, size, table, before] = [0, bits + 1, [], null];
  const out = [];
  const read = () => {
    let code = 0;
    for (let k = 0; k < size; k++, at++) code |= ((bytes[at >> 3] >> (at & 7)) & 1) << k;
    return code;
  };
  for (;;) {
    const code = read();
    if (code === end) return Uint8Array.from(out);
    if (code === clear) {
      table = [...Array.from({ length: clear }, (_, k) => [k]), null, null];
      [size, before] = [bits + 1, null];
      continue;
    }
    const entry = code < table.length ? table[code] : [...before, before[0]];
    out.push(...entry);
    if (before && table.length < 4096) table.push([...before, entry[0]]);
    if (table.length === 2 ** size && size < 12) size += 1;
    before = entry;
  }
}

for (const bits of [2, 3, 8])
  for (const n of [0, 1, 2, 255, 5000, 30000])
    test(`${n} random symbols of ${bits} bits come back as they were`, () => {
      const random = new Random(n + bits);
      const symbols = Uint8Array.from({ length: n }, () => random.below(2 ** bits));
      assert.deepEqual(expand(compress(symbols, bits), bits), symbols);
    });

test("even ground becomes small, and comes back", () => {
  const symbols = new Uint8Array(200 * 200).fill(3);
  const bytes = compress(symbols, 8);
  assert.ok(bytes.length < 600, `${bytes.length} bytes`);
  assert.deepEqual(expand(bytes, 8), symbols);
});

test("every length around a change of the code's size ends where it should", () => {
  for (let n = 1; n < 700; n++) {
    const symbols = Uint8Array.from({ length: n }, (_, k) => (k * k) % 4);
    assert.deepEqual(expand(compress(symbols, 2), 2), symbols);
  }
});

test("a file has its size, its palette, its frames and their time", () => {
  const frames = [Uint8Array.of(0, 1, 2, 0, 1, 2), Uint8Array.of(2, 2, 2, 0, 0, 0)];
  const file = encodeGif({ width: 3, height: 2, palette: Uint8Array.of(0, 0, 0, 255, 0, 0, 9, 8, 7), frames, hundredths: 7 });
  assert.equal(String.fromCharCode(...file.slice(0, 6)), "GIF89a");
  assert.deepEqual([...file.slice(6, 11)], [3, 0, 2, 0, 0xf1]);
  assert.deepEqual([...file.slice(13, 25)], [0, 0, 0, 255, 0, 0, 9, 8, 7, 0, 0, 0]);
  assert.equal(file.at(-1), 0x3b);
  const times = [...file].flatMap((byte, k) => (byte === 0x21 && file[k + 1] === 0xf9 ? [file[k + 4] + 256 * file[k + 5]] : []));
  assert.deepEqual(times, [7, 7]);
});
