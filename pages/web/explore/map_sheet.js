/** A sheet over the map: at places of a regular grid, what the model draws there; none where no image lives. */

import { h } from "../shared/dom.js";
import { toRgba } from "../shared/images.js";

const SIDE = 40; // px between two places
const TILE = 36; // px of a drawing
const A_FRAME = 6; // drawings; more would hold up the hand
const REST = 150; // ms without a move of the map after which they are drawn

/** @typedef {{x: number, y: number, place: import("../map/camera.js").Point}} Cell x and y in px */

export class MapSheet {
  /** @param {import("./explore_page.js").Shared} shared */
  constructor(shared) {
    this.shared = shared;
    shared.map.layers.push((context, view) => this.#paint(context, view));
  }

  shared;
  isOn = false;
  /** @type {Map<string, HTMLCanvasElement | null>} */
  #tiles = new Map(); // by the place on screen; null where no image lives
  #seen = ""; // what they are drawn of
  #turn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {boolean} isOn */
  turn(isOn) {
    this.isOn = isOn;
    this.renew();
  }

  /** Model, codes or theme are others: what lies there stays until it is drawn anew. */
  renew() {
    this.#later();
    this.shared.map.redraw(false);
  }

  #later() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    if (this.isOn) this.#timer = setTimeout(() => this.#draw(), REST);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("../map/overlay.js").OverlayView} view
   */
  #paint(context, { camera, theme }) {
    if (!this.isOn) return;
    const seen = JSON.stringify([camera.origin, camera.scale, camera.width, camera.height, this.shared.map.version]);
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#tiles.clear();
      this.#later();
    }
    const ground = theme.css("--tile-ground");
    for (const { x, y } of this.#cells()) {
      const tile = this.#tiles.get(`${x} ${y}`);
      if (!tile) continue;
      context.fillStyle = ground;
      context.beginPath();
      context.roundRect(x - TILE / 2, y - TILE / 2, TILE, TILE, 4);
      context.fill();
      context.drawImage(tile, x - TILE / 2 + 2, y - TILE / 2 + 2, TILE - 4, TILE - 4);
    }
  }

  /** @returns {Cell[]} */
  #cells() {
    const { camera } = this.shared.map;
    const cells = [];
    for (let y = SIDE / 2; y < camera.height; y += SIDE)
      for (let x = SIDE / 2; x < camera.width; x += SIDE) cells.push({ x, y, place: camera.toWorld(x, y) });
    return cells;
  }

  /** A few a frame. */
  async #draw() {
    const { map, codes, decoder, theme } = this.shared;
    const turn = ++this.#turn;
    const cells = this.#cells().map((cell) => ({ ...cell, spot: codes.at(...cell.place, map.shown) }))
      .filter(({ spot }) => spot && spot.nearness === 1);
    for (let start = 0; start < cells.length; start += A_FRAME) {
      const some = cells.slice(start, start + A_FRAME);
      const dim = codes.dim("code");
      const z = new Float32Array(some.length * dim);
      some.forEach(({ spot }, k) => spot && z.set(spot.code, k * dim));
      const classes = Int32Array.from(some, ({ spot }) => Math.min(spot?.cls ?? 0, decoder.nClasses - 1));
      const drawn = await decoder.decode("code", z, classes, "sheet");
      if (turn !== this.#turn || !this.isOn) return;
      const size = decoder.shape.reduce((whole, side) => whole * side, 1);
      some.forEach(({ x, y }, k) => this.#tiles.set(`${x} ${y}`, drawn && tileOf(drawn.subarray(k * size, (k + 1) * size), decoder.shape, theme.text)));
      map.redraw(false);
      await new Promise(requestAnimationFrame);
    }
  }

  /** How many drawings lie on the map. */
  get count() {
    return [...this.#tiles.values()].filter(Boolean).length;
  }

  destroy() {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }
}

/**
 * Pixels as a canvas that can be drawn on another one.
 * @param {Uint8Array} pixels
 * @param {import("../shared/api.js").ImageShape} shape
 * @param {import("../shared/theme.js").Rgb} ink of grey ones
 */
export function tileOf(pixels, shape, ink) {
  const canvas = h("canvas");
  [canvas.height, canvas.width] = shape;
  canvas.getContext("2d")?.putImageData(toRgba(pixels, shape, ink), 0, 0);
  return canvas;
}
