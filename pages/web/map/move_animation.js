/** Where the dots are: from an old map to a new one, all together, in 600 ms. */

const DURATION = 600; // ms

export const prefersStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class MoveAnimation {
  /** @type {Float32Array | null} */
  from = null; // n x 2, as uploaded
  /** @type {Float32Array | null} */
  to = null;
  /** @type {Float32Array | null} */
  now = null; // where they are drawn
  share = 1; // of the way, eased
  #start = 0;

  /**
   * Sends the dots to a new map from wherever they are now.
   * @param {Float32Array} xy n x 2
   * @param {number} time ms
   */
  go(xy, time) {
    const { now } = this;
    this.from = now?.length === xy.length && !prefersStill() ? now.slice() : xy;
    this.to = xy;
    this.now = this.from.slice();
    this.#start = time;
    this.share = this.from === xy ? 1 : 0;
  }

  /**
   * Moves on to `time`; true while the dots are moving.
   * @param {number} time ms
   */
  tick(time) {
    const { from, to, now } = this;
    if (this.share >= 1 || !from || !to || !now) return false;
    const share = this.share = ease((time - this.#start) / DURATION);
    for (let i = 0; i < now.length; i++) now[i] = from[i] + (to[i] - from[i]) * share;
    return true;
  }
}

/**
 * cubic-bezier(.2, .8, .2, 1) at x: y of the point whose x is nearest, by bisection.
 * @param {number} x
 */
export function ease(x) {
  if (x >= 1) return 1;
  if (x <= 0) return 0;
  let [low, high] = [0, 1];
  for (let k = 0; k < 20; k++) {
    const s = (low + high) / 2;
    if (bezier(s, 0.2, 0.2) < x) low = s;
    else high = s;
  }
  return bezier(low, 0.8, 1);
}

/**
 * @param {number} s
 * @param {number} a
 * @param {number} b
 */
const bezier = (s, a, b) => 3 * (1 - s) ** 2 * s * a + 3 * (1 - s) * s * s * b + s ** 3;
