/** The dots with their colours, sizes and fades: what the map tells to the WebGL part. */

import { between, chosenOf, dotColours } from "./point_colours.js";
import { PointsGl } from "./points_gl.js";
import { prefersStill } from "./move_animation.js";

const FADE = 160; // ms from old colours to new
const SLOW = 45; // ms a frame: then the browser draws without a graphics card
const SPARSE = 3; // every third dot while the map moves slowly, all of them when it rests
const RADIUS = [1.2, 1.9]; // px, many dots and few

/**
 * @typedef {object} Frame
 * @property {import("./camera.js").Camera} camera
 * @property {number} share of the way from one map to the next
 * @property {number} time ms
 * @property {import("../shared/theme.js").Rgb} ground
 * @property {boolean} isFaint thumbnails lie on the dots
 * @property {boolean} isMoving
 */

export class Points {
  count = 0;
  /** @type {PointsGl | null} */
  dots = null;
  missing = ""; // a sentence if there is no WebGL: the rest of the page works without dots

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} onRestored see PointsGl
   */
  constructor(canvas, onRestored) {
    try {
      this.dots = new PointsGl(canvas, onRestored);
    } catch (error) {
      this.missing = /** @type {Error} */ (error).message;
    }
  }

  /** @type {Uint8Array | null} */
  #colours = null; // n x rgba bytes on screen, or faded to
  /** @type {Uint8Array | null} */
  #old = null; // faded from
  #fadeStart = -1e9;
  #hasChosen = false;

  /**
   * Uploads where the dots go.
   * @param {import("./move_animation.js").MoveAnimation} moveAnimation
   * @param {Set<number>} selection
   */
  place({ from, to }, selection) {
    if (!from || !to) return;
    this.count = to.length / 2;
    this.dots?.upload("from", from);
    this.dots?.upload("to", to);
    this.choose(selection);
  }

  /**
   * Marks the selected ones, which are drawn larger and on top.
   * @param {Set<number>} selection
   */
  choose(selection) {
    this.#hasChosen = selection.size > 0;
    if (this.count) this.dots?.upload("chosen", chosenOf(this.count, selection));
  }

  /**
   * Colours all dots anew; see dotColours. A fade that starts during another goes on from there.
   * @param {{isFade: boolean} & import("./point_colours.js").Colouring} how
   */
  colour({ isFade, ...how }) {
    const now = performance.now();
    const shown = between(this.#old, this.#colours, (now - this.#fadeStart) / FADE);
    const next = dotColours({ n: this.count, ...how });
    const canFade = isFade && shown?.length === next.length && !prefersStill();
    this.#old = canFade ? shown : next;
    this.#colours = next;
    this.#fadeStart = canFade ? now : -1e9;
    this.dots?.upload("old", this.#old);
    this.dots?.upload("new", next);
  }

  /**
   * Draws; true while there is more to draw: a fade, or the dots left out while moving.
   * @param {Frame} frame
   */
  draw({ camera, share, time, ground, isFaint, isMoving }) {
    const ratio = devicePixelRatio || 1;
    const step = this.#stepFor(time, isMoving);
    const crowd = RADIUS[1] * (8000 / this.count) ** 0.2;
    const grow = Math.min(3, Math.max(1, camera.zoom) ** 0.4) * (isFaint ? 0.7 : 1);
    const radius = Math.min(RADIUS[1], Math.max(RADIUS[0], crowd)) * grow;
    const fade = Math.min(1, (time - this.#fadeStart) / FADE);
    this.dots?.draw({
      glide: share, fade, ...camera.clip, radius: radius * ratio, ground,
      chosenRadius: Math.max(radius + 0.4, RADIUS[1]) * ratio, hasChosen: this.#hasChosen, step,
    });
    return fade < 1 || step > 1;
  }

  /** @type {number | null} */
  #last = null; // time of the last frame, while moving
  #pace = 16; // ms between frames while moving, averaged
  #isSlow = false;

  /**
   * Every dot, unless the frames so far have shown that this machine cannot move all of them.
   * @param {number} time ms
   * @param {boolean} isMoving
   */
  #stepFor(time, isMoving) {
    if (isMoving && this.#last !== null) this.#pace += 0.3 * (time - this.#last - this.#pace);
    this.#last = isMoving ? time : null;
    this.#isSlow ||= this.#pace > SLOW;
    return isMoving && this.#isSlow ? SPARSE : 1;
  }

  /** Browsers allow only some 16 contexts: gives this one back now, not at the next collection. */
  release() {
    this.dots?.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
