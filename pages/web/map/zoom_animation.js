/** A zoom by button or key: 180 ms on the way to another scale. */

import { ease, prefersStill } from "./move_animation.js";

const DURATION = 180; // ms

export class ZoomAnimation {
  camera;

  /** @param {import("./camera.js").Camera} camera */
  constructor(camera) {
    this.camera = camera;
  }

  /** @type {{factor: number, done: number, start: number} | null} */
  #way = null; // done: the share of it that is

  /** @param {number} factor */
  begin(factor) {
    if (prefersStill()) this.camera.zoomAt(factor);
    else this.#way = { factor, done: 0, start: performance.now() };
  }

  /**
   * A step; true while it goes on.
   * @param {number} time ms
   */
  tick(time) {
    if (!this.#way) return false;
    const share = ease(Math.min(1, (time - this.#way.start) / DURATION));
    this.camera.zoomAt(this.#way.factor ** (share - this.#way.done));
    this.#way.done = share;
    if (share >= 1) this.#way = null;
    return this.#way !== null;
  }
}
