/** The session's map in the colours of one member's guesses; large dots where it differs from the majority. */

import { FONT } from "../map/label_marks.js";
import { PointsGl } from "../map/points_gl.js";
import { context, h } from "../shared/dom.js";
import { rgb } from "../shared/theme.js";
import { dotColours, radiusOf } from "./member_colours.js";

const MOST_RINGS = 150; // of selected dots: more are told by the fading of the others
const NAME_FONT = `700 15px ${FONT}`;

/** @typedef {import("./comparison.js").Opinion} Opinion */
/** @typedef {import("./linked_maps.js").LinkedMaps} LinkedMaps */

export class MemberMap {
  maps;
  canvas;
  overlay;
  words;
  element;

  /**
   * @param {LinkedMaps} maps
   * @param {string} label
   */
  constructor(maps, label) {
    this.maps = maps;
    this.canvas = h("canvas.fill");
    this.overlay = h("canvas.fill.overlay", { role: "img", "aria-label": label });
    this.words = h("div.map-words.s");
    this.element = h("div.member-map", {}, this.canvas, this.overlay, this.words);
    try {
      this.#dots = new PointsGl(this.canvas, () => this.#restore());
    } catch (error) {
      this.words.textContent = /** @type {Error} */ (error).message;
    }
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(this.element);
    this.#pointer = maps.add(this);
  }

  /** @type {PointsGl | null} */
  #dots = null;
  #observer;
  #pointer;
  /** @type {Float32Array | null} */
  #xy = null;
  /** @type {Opinion | null} */
  #opinion = null;
  /** @type {Uint8Array | null} */
  #differs = null; // 1 where it differs from the majority

  /** How many dots are drawn large. */
  get large() {
    return this.#differs?.reduce((sum, one) => sum + one, 0) ?? 0;
  }

  destroy() {
    this.maps.remove(this);
  }

  /** Browsers allow only some 16 contexts: gives this one back now. */
  release() {
    this.#observer.disconnect();
    this.#pointer.cancel();
    this.#dots?.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  /** @param {Float32Array} xy n x 2 */
  place(xy) {
    this.#xy = xy;
    this.#dots?.upload("from", xy);
    this.#dots?.upload("to", xy);
    this.colour();
  }

  /**
   * @param {Opinion | null} opinion null before it has one: the dots are grey
   * @param {Uint8Array | null} differs 1 where it differs from the majority
   */
  show(opinion, differs) {
    if (opinion === this.#opinion && differs === this.#differs) return;
    this.#opinion = opinion;
    this.#differs = differs;
    this.colour();
    this.maps.moved();
  }

  colour() {
    if (!this.#xy) return;
    const n = this.#xy.length / 2;
    const { theme, client: { selection } } = this.maps;
    const colours = dotColours(n, { best: this.#opinion?.best ?? null, differs: this.#differs, selection, theme });
    this.#dots?.upload("old", colours);
    this.#dots?.upload("new", colours);
    this.#dots?.upload("chosen", this.#differs?.length === n ? this.#differs : new Uint8Array(n));
  }

  #restore() {
    if (this.#xy) this.place(this.#xy);
    this.maps.moved();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    const ratio = devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.maps.resize(width, height);
    this.drawDots(); // at once: a resized canvas is empty
    this.drawOverlay();
  }

  drawDots() {
    const { camera, theme: { ground } } = this.maps;
    const ratio = devicePixelRatio || 1;
    const [radius, large] = radiusOf(this.#dots?.count ?? 0, camera.zoom);
    this.#dots?.draw({ glide: 1, fade: 1, ...camera.clip, radius: radius * ratio, chosenRadius: large * ratio, ground,
      hasChosen: this.#differs !== null, step: 1 });
  }

  drawOverlay() {
    const c = context(this.overlay);
    const { camera, lasso, theme, client } = this.maps;
    const ratio = devicePixelRatio || 1;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, camera.width, camera.height);
    this.#drawNames(c);
    c.fillStyle = rgb(theme.accent, 0.11);
    c.strokeStyle = rgb(theme.accent);
    c.lineWidth = 1.5;
    c.setLineDash([5, 4]);
    for (const path of lasso.paths) {
      c.beginPath();
      for (const [x, y] of path) c.lineTo(...camera.toPixel(x, y));
      c.closePath();
      c.fill();
      c.stroke();
    }
    c.setLineDash([]);
    if (client.selection.size <= MOST_RINGS) for (const example of client.selection) this.#ring(c, example, 4.5, 1.5, theme.accent);
    if (client.focus !== null) this.#ring(c, client.focus, 8, 2.5, theme.accent);
    if (client.hover !== null) this.#ring(c, client.hover, 7, 2.5, theme.text);
  }

  /** @param {CanvasRenderingContext2D} c */
  #drawNames(c) {
    const { names, camera, theme } = this.maps;
    c.font = NAME_FONT;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.lineJoin = "round";
    c.lineWidth = 4;
    c.strokeStyle = rgb(theme.ground, 0.85);
    c.fillStyle = rgb(theme.text, 0.8);
    for (const { cls, x, y } of names.list) {
      const [px, py] = camera.toPixel(x, y);
      c.strokeText(cls.glyph, px, py);
      c.fillText(cls.glyph, px, py);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} c
   * @param {number} example
   * @param {number} radius px
   * @param {number} width px
   * @param {import("../shared/theme.js").Rgb} colour
   */
  #ring(c, example, radius, width, colour) {
    const [x, y] = this.maps.pixelOf(example);
    for (const [line, stroke] of /** @type {const} */ ([[width + 2, rgb(this.maps.theme.ground)], [width, rgb(colour)]])) {
      c.beginPath();
      c.arc(x, y, radius, 0, 7);
      c.lineWidth = line;
      c.strokeStyle = stroke;
      c.stroke();
    }
  }
}
