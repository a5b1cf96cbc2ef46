/** Random numbers that a seed decides: the same seed gives the same picture, here and behind a link. */

export class Random {
  /** @param {number} seed its whole part modulo 2 ** 32 counts */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  #state;
  /** @type {number | null} */
  #spare = null; // the second of two normal numbers

  /** Uniform in [0, 1): mulberry32, whose period is 2 ** 32. */
  uniform() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Normal with mean 0 and variance 1, by Box and Muller: two at a time. */
  normal() {
    if (this.#spare !== null) {
      const kept = this.#spare;
      this.#spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /**
   * A whole number from 0 to n - 1.
   * @param {number} n
   */
  below(n) {
    return Math.floor(this.uniform() * n);
  }

  /** @param {number} n */
  normals(n) {
    return Float32Array.from({ length: n }, () => this.normal());
  }

  /**
   * So many different ones of a list, in random order; all of them where there are fewer.
   * @template Item
   * @param {ArrayLike<Item>} items
   * @param {number} most
   */
  some(items, most) {
    const left = Array.from(items);
    const n = Math.min(most, left.length);
    for (let k = 0; k < n; k++) {
      const other = k + this.below(left.length - k);
      [left[k], left[other]] = [left[other], left[k]];
    }
    return left.slice(0, n);
  }
}

/** A seed that nobody chose: five digits, to be read and typed. */
export function anySeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0] % 100000;
}
