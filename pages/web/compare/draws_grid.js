/** A member's drawings: a column a class, a row a style; plain, or as difference to those of the one in use. */

import { glyph, h, picture, write } from "../shared/dom.js";
import { ADDS, MISSES, paintDifference, sign } from "../shared/difference.js";
import { paint } from "../shared/images.js";

/**
 * @typedef {object} Drawn
 * @property {import("./answers.js").Draws} draws
 * @property {Uint8Array} pixels
 */

/**
 * @typedef {object} Shown
 * @property {Drawn | null} own
 * @property {Drawn | null} against those of the one in use; null to draw them plain
 * @property {string} empty why there are none
 */

export class DrawsGrid {
  client;
  caption;
  signs;
  tiles;
  element;

  /** @param {import("../session/session_client.js").SessionClient} client */
  constructor(client) {
    this.client = client;
    this.caption = h("span.s");
    this.signs = h("span.row.signs.s", {}, sign(ADDS, "adds"), sign(MISSES, "misses"));
    this.tiles = h("div.draw-tiles");
    this.element = h("div.draws", {}, h("div.row.draws-title", {}, this.caption, h("span.sp"), this.signs), this.tiles);
  }

  /** @type {Shown | null} */
  #shown = null;
  #built = "";

  /** @param {Shown} shown */
  update(shown) {
    const { own, against, empty } = shown;
    const columns = own ? own.draws.classes.filter((id) => this.client.classOf(id)) : [];
    write(this.caption, !own ? empty : against ? "As difference to the one in use" : "One column a class, one row a style");
    this.signs.hidden = !own || !against;
    this.#build(own, columns);
    if (!own || (this.#shown?.own === own && this.#shown?.against?.pixels === against?.pixels)) return;
    this.#shown = shown;
    for (const [at, canvas] of this.#canvases) this.#paint(canvas, at, own, against);
  }

  /** @type {[place: number, canvas: HTMLCanvasElement][]} */
  #canvases = [];

  /**
   * @param {Drawn | null} own
   * @param {number[]} columns ids of classes
   */
  #build(own, columns) {
    const rows = own?.draws.rows ?? 0;
    const looks = columns.map((id) => this.client.classOf(id));
    const built = JSON.stringify([rows, looks.map((cls) => [cls?.id, cls?.glyph, cls?.look]), own?.draws.classes, own?.draws.undrawn]);
    if (built === this.#built) return;
    this.#built = built;
    this.#shown = null;
    this.#canvases = [];
    this.tiles.style.gridTemplateColumns = `repeat(${columns.length}, minmax(22px, 1fr))`;
    const heads = looks.map((cls) => h("span.draw-head", {}, cls ? glyph(cls) : null));
    const tiles = Array.from({ length: rows }, (_, row) => columns.map((id) => this.#tile(row, id, own)));
    this.tiles.replaceChildren(...heads, ...tiles.flat());
  }

  /**
   * @param {number} row
   * @param {number} id of the class
   * @param {Drawn | null} own
   */
  #tile(row, id, own) {
    const classes = own?.draws.classes ?? [];
    const at = row * classes.length + classes.indexOf(id);
    const { element, canvas } = picture(`.drawn.row-${row + 1}`);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `style ${row + 1} as ${this.client.classOf(id)?.name}`);
    if (own?.draws.undrawn.includes(at)) element.title = "What it draws here is no picture yet.";
    else this.#canvases.push([at, canvas]);
    return element;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} at place of the drawing
   * @param {Drawn} own
   * @param {Drawn | null} against
   */
  #paint(canvas, at, own, against) {
    const shape = this.client.state?.data.shape;
    if (!shape) return;
    const size = shape.reduce((product, n) => product * n, 1);
    const pixels = own.pixels.subarray(at * size, (at + 1) * size);
    if (pixels.length !== size) return;
    const other = against && partner(at, own.draws, against.draws);
    if (other === null || against === null) return paint(canvas, pixels, shape);
    paintDifference(canvas, against.pixels.subarray(other * size, (other + 1) * size), pixels, shape);
  }
}

/**
 * Where the drawing of the same style and class stands in another's; null where there is none.
 * @param {number} at
 * @param {import("./answers.js").Draws} own
 * @param {import("./answers.js").Draws} other
 */
export function partner(at, own, other) {
  const row = Math.floor(at / own.classes.length);
  const column = other.classes.indexOf(own.classes[at % own.classes.length]);
  const place = row * other.classes.length + column;
  return column < 0 || row >= other.rows || other.undrawn.includes(place) ? null : place;
}
