/** Reads what the server packs: a description in JSON, and halves (float16) behind it. */

/** @type {Float32Array | null} */
let table = null; // every half as a number

/**
 * Halves as numbers.
 * @param {Uint16Array} halves
 */
export function toFloats(halves) {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => valueOf(bits));
  const found = new Float32Array(halves.length);
  for (let k = 0; k < halves.length; k++) found[k] = table[halves[k]];
  return found;
}

/** @param {number} bits of a half */
function valueOf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024);
}

/**
 * The description and the halves behind it.
 * @param {ArrayBuffer} buffer
 * @returns {{about: any, halves: Uint16Array}}
 */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { about, halves: new Uint16Array(buffer, 4 + length) };
}
