/** Which dots of a map are nearest to a spot: a grid over it, searched ring by ring. */

export const N_NEAREST = 10;
const PER_CELL = 4; // dots, on average
const PROBED = 1000; // dots whose distances tell how far apart dots lie
const USUAL = 0.99; // quantile of their distances within which a spot has images

/** @typedef {{example: number, distance: number}} Near */

export class MapIndex {
  /** @param {Float32Array} xy n x 2, in [0, 1] */
  constructor(xy) {
    this.xy = xy;
    this.n = xy.length / 2;
    this.#side = Math.max(1, Math.ceil(Math.sqrt(this.n / PER_CELL)));
    const cells = this.#side ** 2;
    this.#starts = new Uint32Array(cells + 1);
    for (let i = 0; i < this.n; i++) this.#starts[this.#cellOf(i) + 1] += 1;
    for (let cell = 0; cell < cells; cell++) this.#starts[cell + 1] += this.#starts[cell];
    this.#dots = new Uint32Array(this.n);
    const next = this.#starts.slice();
    for (let i = 0; i < this.n; i++) this.#dots[next[this.#cellOf(i)]++] = i;
    this.reach = this.#usual();
  }

  xy;
  n;
  reach; // beyond it from its nearest dots, a spot has no images
  #side;
  #starts; // of each cell, in #dots
  #dots;

  /** @param {number} i */
  #cellOf(i) {
    return this.#line(this.xy[2 * i + 1]) * this.#side + this.#line(this.xy[2 * i]);
  }

  /** @param {number} at */
  #line(at) {
    return Math.min(Math.max(Math.floor(at * this.#side), 0), this.#side - 1);
  }

  /**
   * The k dots nearest to a spot, nearest first.
   * @param {number} x
   * @param {number} y
   * @returns {Near[]}
   */
  nearest(x, y, k = N_NEAREST) {
    /** @type {Near[]} */
    const found = [];
    const side = this.#side;
    const [column, row] = [this.#line(x), this.#line(y)];
    const outside = Math.max(0, -x, x - 1, -y, y - 1);
    for (let ring = 0; ring < side; ring++) {
      // What lies in rings from here on is this far away at least.
      const away = Math.max((ring - 1) / side, 0);
      if (found.length === k && found[k - 1].distance <= away && !outside) break;
      for (let r = row - ring; r <= row + ring; r++) {
        if (r < 0 || r >= side) continue;
        const isEdge = r === row - ring || r === row + ring;
        for (let c = column - ring; c <= column + ring; c += isEdge || !ring ? 1 : 2 * ring)
          if (c >= 0 && c < side) this.#look(r * side + c, x, y, k, found);
      }
    }
    return found;
  }

  /**
   * @param {number} cell
   * @param {number} x
   * @param {number} y
   * @param {number} k
   * @param {Near[]} found
   */
  #look(cell, x, y, k, found) {
    for (let at = this.#starts[cell]; at < this.#starts[cell + 1]; at++) {
      const example = this.#dots[at];
      const distance = Math.hypot(this.xy[2 * example] - x, this.xy[2 * example + 1] - y);
      if (found.length === k && distance >= found[k - 1].distance) continue;
      let place = found.length < k ? found.push({ example, distance }) - 1 : k - 1;
      while (place > 0 && found[place - 1].distance > distance) {
        found[place] = found[place - 1];
        place -= 1;
      }
      found[place] = { example, distance };
    }
  }

  /** How far most dots are from the last of their nearest. */
  #usual() {
    const every = Math.max(1, Math.floor(this.n / PROBED));
    const far = [];
    for (let i = 0; i < this.n; i += every) far.push(this.nearest(this.xy[2 * i], this.xy[2 * i + 1], N_NEAREST + 1).at(-1)?.distance ?? 0);
    far.sort((a, b) => a - b);
    return far[Math.floor(USUAL * (far.length - 1))] ?? 0;
  }
}
