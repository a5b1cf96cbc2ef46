/** A film's way on the map: a line, a dot for each step, the step on screen in large. */

import { context, h } from "../shared/dom.js";
import { toRgba } from "../shared/images.js";
import { rgb } from "../shared/theme.js";

const DOT = 3.5; // px
const HERE = 8;
const TILE = 44;
const BESIDE = 36; // px from a dot to the middle of its picture
const APART = 54; // px between two pictures: others are left out

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
  /** @type {{pictures: Uint8Array[], shape: import("../shared/api.js").ImageShape} | null} */
  #drawn = null; // what the steps look like
  #sprites = { theme: "", list: /** @type {HTMLCanvasElement[]} */ ([]) };
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
   * @param {{pictures: Uint8Array[], shape: import("../shared/api.js").ImageShape} | null} [drawn] what these steps look like
   */
  show(places, steps, colours, drawn = null) {
    this.#drawn = drawn;
    this.#sprites.theme = "";
    this.#places = places;
    this.#steps = steps;
    this.#colours = colours.map((colour) => rgb(this.#map.theme.bytes(colour)));
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
    this.#drawPictures(c, this.#steps.map((k) => pixels[k]), theme);
    const here = pixels[Math.min(this.#here, pixels.length - 1)];
    dot(c, here, HERE, "transparent", rgb(theme.ground), 5);
    dot(c, here, HERE, "transparent", rgb(theme.accent), 2.5);
  };

  /**
   * The pictures of the steps beside their dots, as many as do not hide each other.
   * @param {CanvasRenderingContext2D} c
   * @param {Point[]} pixels of the steps
   * @param {import("../shared/theme.js").Theme} theme
   */
  #drawPictures(c, pixels, theme) {
    if (!this.#drawn) return;
    const side = sideOf(pixels);
    /** @type {Point[]} */
    const placed = [];
    this.#spritesIn(theme).forEach((sprite, k) => {
      const [x, y] = [pixels[k][0] + side[0] * BESIDE, pixels[k][1] + side[1] * BESIDE];
      if (placed.some((other) => Math.hypot(other[0] - x, other[1] - y) < APART)) return;
      placed.push([x, y]);
      c.beginPath();
      c.roundRect(x - TILE / 2, y - TILE / 2, TILE, TILE, 6);
      c.fillStyle = theme.css("--tile-ground");
      c.fill();
      c.lineWidth = 1;
      c.strokeStyle = theme.css("--line2");
      c.stroke();
      c.drawImage(sprite, x - TILE / 2 + 2, y - TILE / 2 + 2, TILE - 4, TILE - 4);
    });
  }

  /** @param {import("../shared/theme.js").Theme} theme */
  #spritesIn({ text }) {
    const drawn = this.#drawn;
    if (this.#sprites.theme !== String(text) && drawn)
      this.#sprites = { theme: String(text), list: drawn.pictures.map((pixels) => {
        const sprite = h("canvas", { width: drawn.shape[1], height: drawn.shape[0] });
        context(sprite).putImageData(toRgba(pixels, drawn.shape, text), 0, 0);
        return sprite;
      }) };
    return this.#sprites.list;
  }
}

/**
 * To which side of a way the pictures go: across it, to the left where it goes down, upwards where it goes right.
 * @param {Point[]} pixels
 * @returns {Point} of length 1
 */
function sideOf(pixels) {
  const [[x, y], [toX, toY]] = [pixels[0], pixels[pixels.length - 1]];
  const length = Math.hypot(toX - x, toY - y);
  if (!length) return [0, -1];
  const [right, down] = [(toX - x) / length, (toY - y) / length];
  return Math.abs(down) > Math.abs(right) ? [-Math.abs(down), down < 0 ? -right : right] : [right < 0 ? -down : down, -Math.abs(right)];
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

/**
 * The colours of both ends of a film, as CSS: of the classes that they are of.
 * @param {import("./film.js").Film} film
 * @param {(number | null)[]} ends classes; null for what its nearest real images are
 * @param {Pick<import("../session/session_client.js").SessionClient, "classOf">} client
 */
export function coloursOf(film, ends, client) {
  return ends.map((cls, k) => {
    const known = client.classOf(cls ?? film.classAt(k ? film.n - 1 : 0));
    return known && !known.look.isGrey ? known.look.fill : "var(--accent)";
  });
}
