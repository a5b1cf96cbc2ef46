/** Where on the map an image from elsewhere lies, with lines to the images nearest to it. */

import { rgb } from "../shared/theme.js";

/** @typedef {{xy: [number, number], nearest: {example: number}[]}} Placed */

export class PlacedMark {
  /** @param {import("../map/latent_map.js").LatentMap} map */
  constructor(map) {
    this.#map = map;
    map.layers.push(this.#layer);
  }

  #map;
  /** @type {Placed | null} */
  #placed = null;

  /** @param {Placed | null} placed null for none */
  show(placed) {
    if (this.#placed !== placed) this.#map.redraw(false);
    this.#placed = placed;
  }

  /** @type {import("../map/overlay.js").Layer} */
  #layer = (context, { at, camera, theme }) => {
    if (!this.#placed) return;
    const [x, y] = camera.toPixel(...this.#placed.xy);
    context.strokeStyle = rgb(theme.text, 0.35);
    context.lineWidth = 1;
    context.beginPath();
    for (const { example } of this.#placed.nearest) {
      context.moveTo(x, y);
      context.lineTo(...at(example));
    }
    context.stroke();
    for (const [radius, colour, width] of /** @type {[number, string, number][]} */ ([[9, rgb(theme.ground), 5], [9, rgb(theme.accent), 2.5]])) {
      context.beginPath();
      context.arc(x, y, radius, 0, 7);
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    }
    context.beginPath();
    context.arc(x, y, 2.5, 0, 7);
    context.fillStyle = rgb(theme.accent);
    context.fill();
  };

  destroy() {
    const { layers } = this.#map;
    layers.splice(layers.indexOf(this.#layer), 1);
  }
}
