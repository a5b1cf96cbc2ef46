/** A film's way on the map: a line, a dot for each step, the step on screen in large. */

import { rgb } from "../shared/theme.js";

const DOT = 3.5; // px
const HERE = 8;

/** @typedef {import("../map/camera.js").Point} Point */

export class FilmPath {
  /** @param {import("../map/latent_map.js").LatentMap} map */
  constructor(map) {
    this.#map = map;
    this.#map.layers.push(this.#draw);
  }

  #map;
  /** @type {Point[]} */
  #places = []; // of all steps, in the world's units
  /** @type {number[]} */
  #steps = []; // those that have a dot
  /** @type {string[]} */
  #colours = []; // of the first and the last, CSS
  #here = 0;
  #isShown = false;
  /** @type {Point[]} */
  #stroke = []; // that a hand draws now

  destroy() {
    const { layers } = this.#map;
    layers.splice(layers.indexOf(this.#draw), 1);
    this.#map.redraw(false);
  }

  /**
   * @param {Point[]} places
   * @param {number[]} steps
   * @param {string[]} colours of both ends
   */
  show(places, steps, colours) {
    this.#places = places;
    this.#steps = steps;
    this.#colours = colours;
    this.#map.redraw(false);
  }

  /** @param {boolean} isShown */
  setShown(isShown) {
    this.#isShown = isShown;
    this.#map.redraw(false);
  }

  /** @param {number} k the step on screen */
  mark(k) {
    if (k === this.#here) return;
    this.#here = k;
    this.#map.redraw(false);
  }

  /** @param {Point[]} stroke in the world's units */
  draw(stroke) {
    this.#stroke = stroke;
    this.#map.redraw(false);
  }

  /** @type {import("../map/overlay.js").Layer} */
  #draw = (c, { camera, theme }) => {
    if (!this.#isShown) return;
    if (this.#stroke.length) line(c, this.#stroke.map(([x, y]) => camera.toPixel(x, y)), rgb(theme.accent), 2.5);
    if (!this.#places.length || this.#stroke.length) return;
    const pixels = this.#places.map(([x, y]) => camera.toPixel(x, y));
    line(c, pixels, rgb(theme.ground, 0.85), 5);
    line(c, pixels, rgb(theme.text), 1.75);
    this.#steps.forEach((k, place) => {
      const end = place === 0 ? 0 : place === this.#steps.length - 1 ? 1 : null;
      dot(c, pixels[k], end === null ? DOT : 2 * DOT, end === null ? rgb(theme.text) : this.#colours[end], rgb(theme.ground));
    });
    const here = pixels[Math.min(this.#here, pixels.length - 1)];
    dot(c, here, HERE, "transparent", rgb(theme.ground), 5);
    dot(c, here, HERE, "transparent", rgb(theme.accent), 2.5);
  };
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Point[]} pixels
 * @param {string} colour
 * @param {number} width
 */
function line(c, pixels, colour, width) {
  c.beginPath();
  for (const [x, y] of pixels) c.lineTo(x, y);
  c.lineJoin = c.lineCap = "round";
  c.lineWidth = width;
  c.strokeStyle = colour;
  c.stroke();
}

/**
 * @param {CanvasRenderingContext2D} c
 * @param {Point} pixel
 * @param {number} radius
 * @param {string} fill
 * @param {string} stroke
 */
function dot(c, [x, y], radius, fill, stroke, width = 1.5) {
  c.beginPath();
  c.arc(x, y, radius, 0, 7);
  c.fillStyle = fill;
  c.fill();
  c.lineWidth = width;
  c.strokeStyle = stroke;
  c.stroke();
}
