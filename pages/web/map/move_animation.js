// @ts-nocheck (its types are not written yet)
/** Where the dots are: from an old map to a new one, all together, in 600 ms. */

const DURATION = 600; // ms

export const prefersStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class MoveAnimation {
  constructor() {
    this.from = null; // n x 2 float32, as uploaded
    this.to = null;
    this.now = null; // where they are drawn
    this.share = 1; // of the way, eased
  }

  #start = 0;

  /** Sends the dots to a new map from wherever they are now. */
  go(xy, time) {
    const isSame = this.now?.length === xy.length;
    this.from = isSame && !prefersStill() ? this.now.slice() : xy;
    this.to = xy;
    this.now = this.from.slice();
    this.#start = time;
    this.share = this.from === xy ? 1 : 0;
  }

  /** Moves on to `time`; true while the dots are moving. */
  tick(time) {
    if (this.share >= 1 || !this.to) return false;
    this.share = ease((time - this.#start) / DURATION);
    const { from, to, now, share } = this;
    for (let i = 0; i < now.length; i++) now[i] = from[i] + (to[i] - from[i]) * share;
    return true;
  }
}

/** cubic-bezier(.2, .8, .2, 1) at x: y of the point whose x is nearest, by bisection. */
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

const bezier = (s, a, b) => 3 * (1 - s) ** 2 * s * a + 3 * (1 - s) * s * s * b + s ** 3;
