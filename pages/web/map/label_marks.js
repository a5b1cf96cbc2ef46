/** The marks of labelled examples on the map: drawn once for each class and size, stamped often. */

import { STATES, isClass } from "../session/label_overlay.js";
import { context } from "../shared/dom.js";
import { rgb } from "../shared/theme.js";

export const FONT = '"Source Sans", "Source Sans Pro", sans-serif';

/** @typedef {CanvasRenderingContext2D} Context */

/**
 * What a mark is drawn by.
 *
 * @typedef {object} MarkView
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../shared/theme.js").Theme} theme
 */

export class LabelMarks {
  ratio = 1; // device pixels per px

  /** @type {MarkView | null} */
  #view = null;
  /** @type {Map<string, HTMLCanvasElement>} */
  #sprites = new Map();

  /** What is being drawn. */
  get view() {
    if (!this.#view) throw new Error("mark() was not called yet");
    return this.#view;
  }

  /** Forgets what was drawn in the old theme, or before its font had come. */
  reset() {
    this.#sprites.clear();
  }

  /**
   * The mark of an example with this label; of many they are plain.
   * @param {MarkView} view
   * @param {number} value of its label
   * @param {boolean} isPlain
   * @param {number} size px
   * @param {string | null} tint a colour as CSS instead of the class's own
   */
  mark(view, value, isPlain, size, tint) {
    this.#view = view;
    if (!isClass(value)) return this.#hollow(value);
    return isPlain ? this.#ringed(value, tint) : this.#square(value, size, tint);
  }

  /**
   * A class's square with its glyph, drawn once and stamped often.
   * @param {number} cls
   * @param {number} size px
   * @param {string | null} tint
   */
  #square(cls, size, tint) {
    return this.#sprite(`square ${cls} ${size} ${tint}`, size + 4, (c, middle) => {
      const { theme, client } = this.view;
      roundRect(c, middle, size + 3, 5, rgb(theme.ground));
      roundRect(c, middle, size, 4, tint ?? rgb(theme.ofClass(cls)));
      if (!tint && theme.isHollow(cls)) roundRect(c, middle, size - 4, 2.5, rgb(theme.ground));
      c.fillStyle = tint ? "white" : theme.inkOf(cls);
      c.font = `700 ${size - 3}px ${FONT}`;
      c.fillText(client.classOf(cls)?.glyph ?? "", middle, middle + 0.5);
    });
  }

  /**
   * An example that is put aside: a hollow square, "?" for unsure, a bare cross for junk.
   * @param {number} value of its label
   */
  #hollow(value) {
    return this.#sprite(`hollow ${value}`, 15, (c, middle) => {
      const { theme } = this.view;
      const isUnsure = value === STATES.unsure;
      if (isUnsure) {
        roundRect(c, middle, 14, 4.5, rgb(theme.text2));
        roundRect(c, middle, 11, 3, rgb(theme.ground));
      }
      c.fillStyle = rgb(theme.text2);
      c.font = `700 10px ${FONT}`;
      c.fillText(isUnsure ? "?" : "×", middle, middle + 0.5);
    });
  }

  /**
   * @param {number} cls
   * @param {string | null} tint
   */
  #ringed(cls, tint) {
    return this.#sprite(`ringed ${cls} ${tint}`, 11, (c, middle) => {
      disc(c, middle, middle, 5, rgb(this.view.theme.ground));
      disc(c, middle, middle, 4.4, rgb(this.view.theme.text));
      disc(c, middle, middle, 3.2, tint ?? rgb(this.view.theme.ofClass(cls)));
    });
  }

  /**
   * @param {string} name
   * @param {number} size px
   * @param {(c: Context, middle: number) => void} paint
   */
  #sprite(name, size, paint) {
    const known = this.#sprites.get(name);
    if (known) return known;
    const sprite = document.createElement("canvas");
    sprite.width = sprite.height = Math.ceil(size * this.ratio);
    const c = context(sprite);
    c.scale(this.ratio, this.ratio);
    c.textAlign = "center";
    c.textBaseline = "middle";
    paint(c, sprite.width / this.ratio / 2);
    this.#sprites.set(name, sprite);
    return sprite;
  }
}

/**
 * @param {Context} c
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 */
function disc(c, x, y, radius, colour) {
  c.fillStyle = colour;
  c.beginPath();
  c.arc(x, y, radius, 0, 7);
  c.fill();
}

/**
 * @param {Context} c
 * @param {number} middle
 * @param {number} size
 * @param {number} radius
 * @param {string} colour
 */
function roundRect(c, middle, size, radius, colour) {
  c.fillStyle = colour;
  c.beginPath();
  c.roundRect(middle - size / 2, middle - size / 2, size, size, radius);
  c.fill();
}
