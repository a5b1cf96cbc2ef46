/** The images themselves in place of dots, as many as there is room for. */

import { context } from "../shared/dom.js";
import { rgb } from "../shared/theme.js";
import { toRgba } from "../shared/images.js";

const CELL = 30; // px: at most one thumbnail in each
const MOST_KEPT = 4000;

/** @typedef {import("./camera.js").Point} Point */
/** @typedef {import("./overlay.js").OverlayView} OverlayView */

export class Thumbnails {
  /** @type {Set<number>} */
  shown = new Set(); // examples with a thumbnail

  /** @type {OverlayView | null} */
  #view = null;
  #context;
  /** @type {Map<string, HTMLCanvasElement>} */
  #thumbs = new Map();
  /** @type {Map<number, Point>} */
  #placed = new Map(); // cell -> pixel of the thumbnail in it

  /** @param {CanvasRenderingContext2D} context what they are drawn on */
  constructor(context) {
    this.#context = context;
  }

  /** What is being drawn. */
  get view() {
    if (!this.#view) throw new Error("draw() was not called yet");
    return this.#view;
  }

  /** Forgets what was drawn in the old theme. */
  reset() {
    this.#thumbs.clear();
  }

  /** None is shown. */
  clear() {
    this.#placed.clear();
    this.shown.clear();
  }

  /**
   * A thumbnail wherever there is room, its ink in the colour of the class; labelled ones first.
   * @param {OverlayView} view
   * @param {(pixel: Point) => boolean} isInView
   */
  draw(view, isInView) {
    const { client, labelled, images } = view;
    this.clear();
    this.#view = view;
    /** @type {number[]} */
    const missing = [];
    const draw = (/** @type {number} */ example) => {
      const place = view.at(example);
      if (!isInView(place) || !this.#claim(place)) return;
      this.shown.add(example);
      const pixels = images.peek(example);
      if (pixels) this.#thumb(example, pixels, place);
      else missing.push(example);
    };
    labelled.forEach(draw);
    for (let example = 0; example < (client.xy?.length ?? 0) / 2; example++) draw(example);
    images.want(missing);
  }

  /**
   * Takes the room of a thumbnail at a pixel unless one of the neighbours has it already.
   * @param {Point} pixel
   */
  #claim([x, y]) {
    const [ox, oy] = this.view.camera.origin; // cells move with the map: panning does not reshuffle
    const column = Math.floor((x - ox) / CELL);
    const row = Math.floor((y - oy) / CELL);
    for (let c = column - 1; c <= column + 1; c++)
      for (let r = row - 1; r <= row + 1; r++) {
        const other = this.#placed.get(c * 65536 + r);
        if (other && Math.abs(other[0] - x) < CELL - 2 && Math.abs(other[1] - y) < CELL - 2) return false;
      }
    this.#placed.set(column * 65536 + row, [x, y]);
    return true;
  }

  /**
   * @param {number} example
   * @param {Uint8Array} pixels
   * @param {Point} place its middle, in px
   */
  #thumb(example, pixels, [x, y]) {
    const { client, theme, images: { shape } } = this.view;
    if (!shape) return;
    const cls = client.labelOf(example) ?? client.guessOf(example)?.best ?? null;
    const name = `${example} ${cls}`;
    let sprite = this.#thumbs.get(name);
    if (!sprite) {
      if (this.#thumbs.size > MOST_KEPT) this.#thumbs.clear();
      sprite = document.createElement("canvas");
      [sprite.height, sprite.width] = shape;
      const ink = cls === null ? theme.text2 : theme.ofClass(cls);
      context(sprite).putImageData(toRgba(pixels, shape, ink), 0, 0);
      this.#thumbs.set(name, sprite);
    }
    const c = this.#context;
    c.globalAlpha = client.selection.size && !client.selection.has(example) ? 0.35 : 1;
    if (client.solo !== null && client.solo !== cls) c.globalAlpha = 0.12;
    this.#plate(x, y);
    c.drawImage(sprite, x - 13, y - 13, 26, 26);
    c.globalAlpha = 1;
  }

  /**
   * A ground under a thumbnail: without it its ink is lost among dots of the same colour.
   * @param {number} x px
   * @param {number} y
   */
  #plate(x, y) {
    const c = this.#context;
    c.fillStyle = rgb(this.view.theme.ground, 0.7);
    c.beginPath();
    c.roundRect(x - 13, y - 13, 26, 26, 5);
    c.fill();
  }
}
