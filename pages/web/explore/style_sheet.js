/** The sheet of a style of two numbers: what is drawn all over their plane, as one class. */

import { h, picture } from "../shared/dom.js";
import { paint } from "../shared/images.js";

export const N_SIDE = 11; // drawings along a side
const TAIL = 0.02; // of the normal distribution, left out at either end

export class StyleSheet {
  /** @param {import("./explore_page.js").Shared} shared */
  constructor(shared) {
    this.shared = shared;
    this.tiles = Array.from({ length: N_SIDE ** 2 }, () => picture(".cell"));
    this.element = h("div.style-sheet", { role: "img", "data-testid": "style-sheet", "aria-label": "What is drawn all over the two numbers of a style" },
      ...this.tiles.map(({ element }) => element));
  }

  shared;
  tiles;
  element;
  #drawing = 0;
  /** @type {Uint8Array[]} */
  drawn = []; // row by row

  /** @param {number} cls */
  async draw(cls) {
    const { decoder } = this.shared;
    const turn = ++this.#drawing;
    const places = quantiles();
    const classes = new Int32Array(N_SIDE).fill(Math.min(cls, decoder.nClasses - 1));
    const size = decoder.shape.reduce((whole, side) => whole * side, 1);
    for (let r = 0; r < N_SIDE; r++) {
      const z = Float32Array.from({ length: 2 * N_SIDE }, (_, k) => (k % 2 ? places[N_SIDE - 1 - r] : places[k >> 1]));
      const drawn = await decoder.decode("style", z, classes, `sheet ${r}`);
      if (turn !== this.#drawing) return;
      if (drawn) {
        this.drawn[r] = drawn;
        for (let c = 0; c < N_SIDE; c++) paint(this.tiles[r * N_SIDE + c].canvas, drawn.subarray(c * size, (c + 1) * size), decoder.shape);
      }
      await new Promise(requestAnimationFrame);
    }
  }

  destroy() {
    this.#drawing += 1;
  }
}

/** Places between which the normal distribution has equal shares. */
export function quantiles() {
  return Array.from({ length: N_SIDE }, (_, k) => quantile(TAIL + ((1 - 2 * TAIL) * k) / (N_SIDE - 1)));
}

/**
 * Of the normal distribution, by bisection.
 * @param {number} p
 */
function quantile(p) {
  let [low, high] = [-6, 6];
  for (let k = 0; k < 50; k++) {
    const middle = (low + high) / 2;
    if (below(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The share of the normal distribution below x, to 1e-5 (Abramowitz and Stegun 26.2.17).
 * @param {number} x
 */
function below(x) {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * sum;
  return x > 0 ? 1 - tail : tail;
}
