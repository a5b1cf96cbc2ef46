/** What the model takes every example for: its two likeliest classes, as the server sends them. */

/** @typedef {{best: number, p: number, second: number | null, p2: number}} Guess classes by id, p from 0 to 1 */

export class Predictions {
  /**
   * @param {ArrayBuffer} buffer 4 planes of n bytes; see ssvae_core/api
   * @param {string} rev of the snapshot that made them
   */
  constructor(buffer, rev) {
    const n = buffer.byteLength / 4;
    const plane = (/** @type {number} */ k) => new Uint8Array(buffer, k * n, n);
    this.rev = rev;
    this.best = plane(0);
    this.p = plane(1);
    this.second = plane(2);
    this.p2 = plane(3);
  }

  rev;
  best; // the id of the likeliest class of each example
  p; // its probability, 255 is certain
  second;
  p2;

  /**
   * Of an example, or null. Only classes that isKnown(id): where the best is gone the second takes
   * its place, and `second` is null.
   * @param {number} example
   * @param {(id: number) => boolean} isKnown
   * @returns {Guess | null}
   */
  of(example, isKnown) {
    /** @type {[number, number][]} */
    const both = [[this.best[example], this.p[example]], [this.second[example], this.p2[example]]];
    const ranked = both.filter(([id]) => isKnown(id));
    if (!ranked.length) return null;
    const [[best, p], next] = ranked;
    /** @type {[number | null, number]} */
    const [second, p2] = next ?? [null, 0];
    return { best, p: p / 255, second: second === best ? null : second, p2: p2 / 255 };
  }
}
