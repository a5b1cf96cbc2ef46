/**
 * What is inferred of an image, on the map: draws of its posterior, each where the real images lie whose codes are
 * nearest to it, and the ellipses of one and two standard deviations around them.
 *
 * The map is not the space of codes: a posterior is a normal distribution there and need not be one here. So the draws
 * themselves are shown, too.
 */

import { rgb } from "../shared/theme.js";
import { Random } from "../shared/random.js";
import { ellipseOf } from "./ellipse.js";
import { PLACED_BY, nearestCodes, placeOf } from "./neighbours.js";

const DRAWS = 96;
const A_FRAME = 8; // draws that are placed before the browser draws a frame: of 60,000 images some 10 ms
const LEAST = 5; // px of an axis

/** @typedef {[x: number, y: number]} Point */

export class PosteriorOnMap {
  /** @param {import("./explore_page.js").Shared} shared */
  constructor(shared) {
    this.#shared = shared;
    shared.map.layers.push(this.#layer);
  }

  #shared;
  /** @type {Point[]} */
  places = []; // of the draws; the mean alone where an encoder gives points
  /** @type {import("./ellipse.js").Ellipse | null} */
  ellipse = null;
  #turn = 0; // another image's posterior ends the work on one
  /** @type {number | null} */
  #working = null; // the seed of what is being placed
  /** @type {[ArrayLike<number>, ArrayLike<number> | null] | null} */
  #next = null; // newer, of the same seed
  /** @type {Float32Array | null} */
  #on = null; // the map that they lie on

  /**
   * @param {ArrayLike<number>} mean of the code
   * @param {ArrayLike<number> | null} variance null where an encoder gives a point
   * @param {number} seed the same draws for the same seed
   */
  async show(mean, variance, seed) {
    if (this.#working === seed) return void (this.#next = [mean, variance]); // a model that learns must not keep it from its end
    this.#working = seed;
    await this.#draw(mean, variance, seed);
    const next = this.#next;
    if (this.#working !== seed) return;
    [this.#working, this.#next] = [null, null];
    if (next) await this.show(...next, seed);
  }

  /**
   * @param {ArrayLike<number>} mean
   * @param {ArrayLike<number> | null} variance
   * @param {number} seed
   */
  async #draw(mean, variance, seed) {
    const { codes, map } = this.#shared;
    const xy = map.shown;
    const turn = ++this.#turn;
    if (!xy || !codes.has("code") || codes.dim("code") !== mean.length || xy.length !== 2 * codes.n) return this.clear();
    const all = codes.all("code");
    const random = new Random(seed);
    const places = [];
    for (let k = 0; k < (variance ? DRAWS : 1); k++) {
      const code = Float32Array.from(mean, (value, d) => value + (variance ? Math.sqrt(variance[d]) * random.normal() : 0));
      places.push(placeOf(nearestCodes(all, code, PLACED_BY), xy));
      if (k % A_FRAME === A_FRAME - 1) await new Promise(requestAnimationFrame);
      if (turn !== this.#turn) return;
    }
    [this.places, this.ellipse, this.#on] = [places, variance ? ellipseOf(places) : null, xy];
    map.redraw(false);
  }

  /** Whether it is on the map as it is now. */
  get isShown() {
    return this.places.length > 0 && this.#on === this.#shared.map.shown;
  }

  clear() {
    this.#turn += 1;
    this.#working = this.#next = null;
    if (!this.places.length) return;
    [this.places, this.ellipse] = [[], null];
    this.#shared.map.redraw(false);
  }

  /** @type {import("../map/overlay.js").Layer} */
  #layer = (context, { camera, theme }) => {
    if (!this.isShown) return;
    context.fillStyle = rgb(theme.text, 0.55);
    for (const place of this.places) {
      const [x, y] = camera.toPixel(...place);
      context.fillRect(x - 1, y - 1, 2, 2);
    }
    if (!this.ellipse) return;
    const { centre, major, minor, angle } = this.ellipse;
    const [x, y] = camera.toPixel(...centre);
    const [a, b] = [major, minor].map((size) => Math.max(size * camera.scale, LEAST));
    for (const times of [2, 1]) for (const [colour, width] of /** @type {[string, number][]} */ ([[rgb(theme.ground, 0.8), 4.5], [rgb(theme.accent), 2]])) {
      context.beginPath();
      context.ellipse(x, y, times * a, times * b, -angle, 0, 7); // pixels go down
      if (width < 3) {
        context.fillStyle = rgb(theme.accent, 0.1);
        context.fill();
      }
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    }
  };

  destroy() {
    this.clear();
    const { layers } = this.#shared.map;
    layers.splice(layers.indexOf(this.#layer), 1);
  }
}
