/** Animated GIFs, written as GIF89a says: one palette for all frames, each frame whole, LZW. */

const MOST_CODES = 4096; // of 12 bits, the most that LZW may use here
const BLOCK = 255; // bytes of a sub-block
const [TRAILER, EXTENSION, IMAGE] = [0x3b, 0x21, 0x2c];

/**
 * @typedef {object} Animation
 * @property {number} width px
 * @property {number} height px
 * @property {Uint8Array} palette red, green, blue of each colour; 1 to 256 of them
 * @property {Uint8Array[]} frames the colour of each pixel as its place in the palette, row by row
 * @property {number} hundredths of a second that each frame is shown; it is played over and over
 */

/**
 * The bytes of the file.
 * @param {Animation} animation
 */
export function encodeGif({ width, height, palette, frames, hundredths }) {
  const bits = Math.max(1, Math.ceil(Math.log2(palette.length / 3)));
  const out = new Bytes();
  out.text("GIF89a").short(width).short(height).byte(0xf0 | (bits - 1)).byte(0).byte(0);
  out.bytes(palette).bytes(new Uint8Array(3 * 2 ** bits - palette.length));
  out.byte(EXTENSION).byte(0xff).byte(11).text("NETSCAPE2.0").byte(3).byte(1).short(0).byte(0); // for ever
  for (const frame of frames) {
    out.byte(EXTENSION).byte(0xf9).byte(4).byte(4).short(hundredths).byte(0).byte(0);
    out.byte(IMAGE).short(0).short(0).short(width).short(height).byte(0);
    const smallest = Math.max(2, bits);
    out.byte(smallest).blocks(compress(frame, smallest));
  }
  return out.byte(TRAILER).done();
}

/**
 * LZW with codes that grow: what stands in an image's sub-blocks.
 * @param {Uint8Array} symbols each below 2 ** bits
 * @param {number} bits of a symbol, 2 at least
 */
export function compress(symbols, bits) {
  const clear = 2 ** bits;
  const out = new Bits();
  const longer = new Int16Array(MOST_CODES * clear); // [code of a prefix, symbol after it] -> their code; 0: none yet
  let [size, next] = [bits + 1, clear + 2];
  out.write(clear, size);
  if (!symbols.length) return out.write(clear + 1, size).done();
  let prefix = symbols[0];
  for (let k = 1; k < symbols.length; k++) {
    const symbol = symbols[k];
    const known = longer[prefix * clear + symbol];
    if (known) {
      prefix = known;
      continue;
    }
    out.write(prefix, size);
    if (next < MOST_CODES) {
      if (next === 2 ** size) size += 1; // the reader knows this code only after the next one
      longer[prefix * clear + symbol] = next;
      next += 1;
    } else {
      out.write(clear, size);
      longer.fill(0);
      [size, next] = [bits + 1, clear + 2];
    }
    prefix = symbol;
  }
  out.write(prefix, size);
  if (next === 2 ** size && size < 12) size += 1;
  return out.write(clear + 1, size).done();
}

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(4096);
  #length = 0;

  /** @param {number} value */
  byte(value) {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
    return this;
  }

  /** @param {number} value with the low byte first */
  short(value) {
    return this.byte(value & 255).byte(value >> 8);
  }

  /** @param {string} ascii */
  text(ascii) {
    for (const letter of ascii) this.byte(letter.charCodeAt(0));
    return this;
  }

  /** @param {Uint8Array} values */
  bytes(values) {
    this.#room(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  /**
   * In sub-blocks, each after its length, and an empty one.
   * @param {Uint8Array} values
   */
  blocks(values) {
    for (let at = 0; at < values.length; at += BLOCK) {
      const block = values.subarray(at, at + BLOCK);
      this.byte(block.length).bytes(block);
    }
    return this.byte(0);
  }

  done() {
    return this.#bytes.slice(0, this.#length);
  }

  /** @param {number} more */
  #room(more) {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Codes of some bits, one after the other, the lowest bit first. */
class Bits {
  #bytes = new Bytes();
  #held = 0;
  #n = 0;

  /**
   * @param {number} code
   * @param {number} size bits
   */
  write(code, size) {
    this.#held |= code << this.#n;
    this.#n += size;
    for (; this.#n >= 8; this.#n -= 8) {
      this.#bytes.byte(this.#held & 255);
      this.#held >>>= 8;
    }
    return this;
  }

  done() {
    if (this.#n) this.#bytes.byte(this.#held & 255);
    return this.#bytes.done();
  }
}
