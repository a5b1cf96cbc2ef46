// @ts-nocheck (its types are not written yet)
/** A zoom by button or key: 180 ms on the way to another scale. */

import { ease, prefersStill } from "./move_animation.js";

const DURATION = 180; // ms

export class ZoomAnimation {
  constructor(camera) {
    this.camera = camera;
  }

  #way = null; // {factor, done: share of it that is done, start}

  begin(factor) {
    if (prefersStill()) this.camera.zoomAt(factor);
    else this.#way = { factor, done: 0, start: performance.now() };
  }

  /** A step; true while it goes on. */
  tick(time) {
    if (!this.#way) return false;
    const share = ease(Math.min(1, (time - this.#way.start) / DURATION));
    this.camera.zoomAt(this.#way.factor ** (share - this.#way.done));
    this.#way.done = share;
    if (share >= 1) this.#way = null;
    return this.#way !== null;
  }
}
