// @ts-nocheck (its types are not written yet)
/** What the model takes every example for: its two likeliest classes, as the server sends them. */

export class Predictions {
  /** buffer: 4 planes of n bytes; see ssvae_core/api. */
  constructor(buffer, rev) {
    const n = buffer.byteLength / 4;
    const plane = (k) => new Uint8Array(buffer, k * n, n);
    Object.assign(this, { rev, best: plane(0), p: plane(1), second: plane(2), p2: plane(3) });
  }

  /**
   * {best, p, second, p2} of an example, or null. Only classes that isKnown(id): where the best is
   * gone the second takes its place, and `second` is null.
   */
  of(example, isKnown) {
    const ranked = [[this.best[example], this.p[example]], [this.second[example], this.p2[example]]]
      .filter(([id]) => isKnown(id));
    if (!ranked.length) return null;
    const [[best, p], [second, p2] = [null, 0]] = ranked;
    return { best, p: p / 255, second: second === best ? null : second, p2: p2 / 255 };
  }
}
