/** What lies on the dots: labels, class names, rings, the lasso, thumbnails. A 2-D canvas. */

import { layOutCaptions } from "./caption_layout.js";
import { NONE } from "../session/label_overlay.js";
import { context } from "../shared/dom.js";
import { rgb } from "../shared/theme.js";
import { FONT, LabelMarks } from "./label_marks.js";
import { prefersStill } from "./move_animation.js";
import { Thumbnails } from "./thumbnails.js";

const SQUARES = 400; // above this many labels in view they are dots with a ring
const POP = 120; // ms
const GLYPH_FONT = `700 30px ${FONT}`;
const NAME_FONT = `700 20px ${FONT}`;

/** @typedef {import("./camera.js").Point} Point */

/**
 * What there is to draw.
 *
 * @typedef {object} OverlayView
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../shared/theme.js").Theme} theme
 * @property {import("./camera.js").Camera} camera
 * @property {import("../shared/images.js").Images} images
 * @property {number} time ms
 * @property {(example: number) => Point} at where it is drawn, in px
 * @property {(example: number) => string | null} tintOf its mark's colour as CSS, if it is not the class's
 * @property {Uint8Array | null} labels
 * @property {number[]} labelled examples
 * @property {import("./class_captions.js").PlacedName[]} names
 * @property {Point[][]} paths in world units
 * @property {Map<number, number>} pops example -> ms at which it got its label
 * @property {boolean} hasImages
 * @property {Layer[]} layers what a page draws of its own, in order
 */

/** @typedef {(context: CanvasRenderingContext2D, view: OverlayView) => void} Layer in px of the map */

export class Overlay {
  canvas;
  context;
  ratio = 1; // device pixels per px

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = context(canvas);
    this.#thumbnails = new Thumbnails(this.context);
  }

  #thumbnails;
  #marks = new LabelMarks();

  /** @type {OverlayView | null} */
  #view = null;
  /** @type {Set<number>} */
  #named = new Set(); // ids of classes whose names are written out
  /** @type {Map<string, number>} */
  #widths = new Map(); // of what is written, in px

  /** What is being drawn. */
  get view() {
    if (!this.#view) throw new Error("draw() was not called yet");
    return this.#view;
  }

  /** The ids of the classes whose names are written out. */
  get named() {
    return [...this.#named];
  }

  /** Forgets what was drawn in the old theme, or before its font had come. */
  reset() {
    this.#widths.clear();
    this.#marks.reset();
    this.#thumbnails.reset();
  }

  /**
   * @param {number} width px
   * @param {number} height
   * @param {number} ratio device pixels per px
   */
  resize(width, height, ratio) {
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.ratio = this.#marks.ratio = ratio;
  }

  /**
   * True while something is still animated.
   * @param {OverlayView} view
   */
  draw(view) {
    const c = this.context;
    c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    c.clearRect(0, 0, view.camera.width, view.camera.height);
    this.#view = view;
    if (view.hasImages) this.#thumbnails.draw(view, (pixel) => this.#inView(pixel, 0));
    else this.#thumbnails.clear();
    const moving = this.#drawLabels();
    this.#drawPaths();
    this.#drawAsked();
    this.#drawNames();
    for (const layer of view.layers) {
      c.save();
      layer(c, view);
      c.restore();
    }
    this.#drawHover();
    return moving;
  }

  /** @param {Point} pixel */
  #inView([x, y], margin = 20) {
    const { width, height } = this.view.camera;
    return x > -margin && y > -margin && x < width + margin && y < height + margin;
  }

  #drawLabels() {
    const { client, labels, labelled, at, pops, time } = this.view;
    const places = labelled.map((example) => ({ example, place: at(example) })).filter(({ place }) => this.#inView(place));
    const recent = new Set(client.labelOverlay.recent);
    let moving = false;
    for (const { example, place: [x, y] } of places) {
      const value = labels?.[example] ?? NONE;
      const hasThumb = this.#thumbnails.shown.has(example);
      if (this.view.hasImages && !hasThumb && !recent.has(example)) continue;
      const isPlain = places.length > SQUARES && !recent.has(example) && !hasThumb;
      const age = (time - (pops.get(example) ?? -1e9)) / POP;
      const grow = age < 1 && !prefersStill() ? 1.25 - 0.25 * Math.max(0, age) : 1;
      moving ||= grow > 1;
      const size = recent.has(example) ? 16 : 13;
      this.context.globalAlpha = this.#isDimmed(value) ? 0.25 : 1;
      const away = hasThumb ? 10 : 0; // at the corner of the thumbnail, not over it
      const mark = this.#marks.mark(this.view, value, isPlain, size, this.view.tintOf(example));
      this.#stamp(mark, x + away, y - away, grow);
    }
    this.context.globalAlpha = 1;
    return moving;
  }

  /** @param {number} value of a label */
  #isDimmed(value) {
    return this.view.client.solo !== null && this.view.client.solo !== value;
  }

  /**
   * @param {HTMLCanvasElement} sprite
   * @param {number} x of its middle, px
   * @param {number} y
   */
  #stamp(sprite, x, y, grow = 1) {
    const size = (sprite.width / this.ratio) * grow;
    this.context.drawImage(sprite, x - size / 2, y - size / 2, size, size);
  }

  #drawPaths() {
    const { paths, camera, theme } = this.view;
    const c = this.context;
    for (const path of paths) {
      c.beginPath();
      for (const [x, y] of path) c.lineTo(...camera.toPixel(x, y));
      c.closePath();
      c.fillStyle = rgb(theme.accent, 0.11);
      c.fill();
      c.setLineDash([5, 4]);
      c.lineWidth = 1.75;
      c.strokeStyle = rgb(theme.accent);
      c.stroke();
      c.setLineDash([]);
    }
  }

  /** Rings on what the queue shows; the framed example is filled. */
  #drawAsked() {
    const { client, at, theme } = this.view;
    for (const example of client.asked) {
      if (example === client.focus || client.labelOf(example) !== null) continue;
      this.#ring(at(example), 5, 2, rgb(theme.accent), rgb(theme.ground));
    }
    if (client.focus === null) return;
    const isLabelled = client.labelOf(client.focus) !== null;
    if (isLabelled) this.#ring(at(client.focus), 12, 2, rgb(theme.accent));
    else this.#ring(at(client.focus), 8, 2, rgb(theme.ground), rgb(theme.accent));
  }

  /**
   * @param {Point} pixel
   * @param {number} radius px
   * @param {number} width px
   * @param {string} stroke CSS
   * @param {string} fill CSS; "" for none
   */
  #ring([x, y], radius, width, stroke, fill = "") {
    const c = this.context;
    c.beginPath();
    c.arc(x, y, radius, 0, 7);
    if (fill) {
      c.fillStyle = fill;
      c.fill();
    }
    c.lineWidth = width;
    c.strokeStyle = stroke;
    c.stroke();
  }

  /** The classes by name where there is room for it, else by glyph. */
  #drawNames() {
    const { names, camera, theme, client } = this.view;
    const c = this.context;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.lineJoin = "round";
    const byId = new Map(names.map((name) => [name.cls.id, name]));
    const captions = names.map(({ cls, x, y }) => {
      const [px, py] = camera.toPixel(x, y);
      return { id: cls.id, x: px, y: py, glyph: this.#widthOf(cls.glyph, GLYPH_FONT), name: this.#widthOf(cls.name, fontOf(cls)) };
    });
    const placed = layOutCaptions(captions, camera.width, this.#named, client.solo);
    this.#named = new Set(placed.filter(({ isFull }) => isFull).map(({ id }) => id));
    for (const { id, isFull } of placed) {
      const name = byId.get(id);
      if (!name) continue;
      const { cls, x, y } = name;
      const [px, py] = camera.toPixel(x, y);
      const text = isFull ? cls.name : cls.glyph;
      c.font = isFull ? fontOf(cls) : GLYPH_FONT;
      c.lineWidth = isFull && cls.name !== cls.glyph ? 6 : 7;
      c.globalAlpha = client.solo !== null && client.solo !== id ? 0.2 : 1;
      c.strokeStyle = rgb(theme.ground, 0.9);
      c.strokeText(text, px, py);
      c.fillStyle = rgb(theme.text);
      c.fillText(text, px, py);
    }
    c.globalAlpha = 1;
  }

  /**
   * In px; measured once: names are drawn in every frame of a glide.
   * @param {string} text
   * @param {string} font
   */
  #widthOf(text, font) {
    const name = `${font} ${text}`;
    const known = this.#widths.get(name);
    if (known !== undefined) return known;
    this.context.font = font;
    const { width } = this.context.measureText(text);
    this.#widths.set(name, width);
    return width;
  }

  #drawHover() {
    const { client, at, theme } = this.view;
    if (client.hover === null) return;
    this.#ring(at(client.hover), 8, 5, rgb(theme.ground));
    this.#ring(at(client.hover), 8, 2.5, rgb(theme.text));
  }

}

/**
 * A name that is no longer than its glyph is written as large.
 * @param {import("../shared/api.js").ClassInfo} cls
 */
function fontOf(cls) {
  return cls.name === cls.glyph ? GLYPH_FONT : NAME_FONT;
}
