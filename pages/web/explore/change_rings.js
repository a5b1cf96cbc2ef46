/** Rings on the dots whose guess has changed: they flash, and stay faintly. */

import { prefersStill } from "../map/move_animation.js";
import { rgb } from "../shared/theme.js";
import { someOf } from "./moment_steps.js";

const MOST = 500; // rings, where more guesses changed
const FLASH = 900; // ms

export class ChangeRings {
  /** @param {import("../map/latent_map.js").LatentMap} map */
  constructor(map) {
    this.#map = map;
    map.layers.push(this.#layer);
  }

  #map;
  /** @type {number[]} */
  #ringed = [];
  #since = -1e9; // ms at which they began to flash

  /** @param {number[]} examples */
  show(examples) {
    this.#ringed = someOf(examples, MOST);
    this.#since = prefersStill() ? -1e9 : performance.now();
    this.#flash();
  }

  /** Draws them until they have faded. */
  #flash() {
    this.#map.redraw(false);
    if (this.#ringed.length && performance.now() - this.#since < FLASH) requestAnimationFrame(() => this.#flash());
  }

  /** @type {import("../map/overlay.js").Layer} */
  #layer = (context, { at, theme }) => {
    if (!this.#ringed.length) return;
    const left = Math.max(0, 1 - (performance.now() - this.#since) / FLASH);
    const radius = 3.5 + 5 * left;
    context.strokeStyle = rgb(theme.text, 0.2 + 0.6 * left);
    context.lineWidth = 1 + left;
    context.beginPath();
    for (const example of this.#ringed) {
      const [x, y] = at(example);
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 7);
    }
    context.stroke();
  };

  destroy() {
    const { layers } = this.#map;
    layers.splice(layers.indexOf(this.#layer), 1);
  }
}
