/** A grid of tiles: image, guess, label or state, what is saved; one is framed, some are marked. */

import { glyph, h, picture, show, stateMark } from "./dom.js";
import { share } from "./format.js";

/** @type {Set<number>} */
const NO_MARKS = new Set();
const STATE_WORDS = { unsure: "unsure", junk: "junk", skip: "skipped" };

/**
 * @typedef {object} Tile
 * @property {number | null} example that it shows
 * @property {string} seen its example and look as they are drawn
 * @property {ReturnType<typeof picture>} image
 * @property {HTMLElement} badge
 * @property {HTMLElement} caption
 * @property {HTMLElement} element
 */

/**
 * @typedef {object} Look
 * @property {number | null} label
 * @property {import("./api.js").StateKind | null} state
 * @property {boolean} pending
 * @property {boolean} late
 * @property {boolean} framed
 * @property {boolean} marked
 * @property {import("../session/predictions.js").Guess | null} guess
 * @property {string} glyphs of all classes, with their colours
 */

export class TileGrid {
  /**
   * @param {object} options
   * @param {import("../session/session_client.js").SessionClient} options.client
   * @param {import("./images.js").Images} options.images
   * @param {(example: number, event: MouseEvent) => void} options.click
   * @param {number} options.n how many tiles there are at most
   * @param {string} [options.name] begins the test ids
   * @param {string} [options.label]
   * @param {boolean} [options.isBrief] whether the captions have no second guess
   */
  constructor({ client, images, click, n, name = "tile", label = "Images to label", isBrief = false }) {
    this.client = client;
    this.images = images;
    this.click = click;
    this.name = name;
    this.isBrief = isBrief;
    this.tiles = Array.from({ length: n }, (_, k) => this.#tile(k));
    this.element = h("div.grid", { role: "listbox", "aria-label": label, tabindex: "0", "data-testid": name === "tile" ? "queue" : name },
      ...this.tiles.map((tile) => tile.element));
  }

  client;
  images;
  click;
  name;
  isBrief;
  tiles;
  element;

  /** @param {number} k */
  #tile(k) {
    const image = picture(".im");
    image.canvas.setAttribute("role", "img");
    const badge = h("span.badge");
    const caption = h("div.cap");
    const element = h("div.q", {
      "data-testid": `${this.name}-${k}`, id: `${this.name}-${k}`, role: "option",
      onclick: (/** @type {MouseEvent} */ event) => tile.example !== null && this.click(tile.example, event),
      onpointerenter: () => this.client.setHover(tile.example),
      onpointerleave: () => this.client.hover === tile.example && this.client.setHover(null),
    }, h("span.pic", {}, image.element, badge), caption);
    /** @type {Tile} */
    const tile = { example: null, seen: "", image, badge, caption, element };
    return tile;
  }

  /**
   * Shows these examples, those in `marked` with a cross.
   * @param {number[]} examples
   * @param {Set<number>} marked
   */
  update(examples, marked = NO_MARKS) {
    this.tiles.forEach((tile, k) => this.#update(tile, examples[k], marked));
    const framed = this.tiles.find((tile) => tile.example !== null && tile.example === this.client.focus);
    if (framed) this.element.setAttribute("aria-activedescendant", framed.element.id);
    if (framed && this.images.texts) framed.element.scrollIntoView({ block: "nearest" });
    else this.element.removeAttribute("aria-activedescendant");
    show(this.element, examples.length > 0);
  }

  /**
   * @param {Tile} tile
   * @param {number | undefined} example
   * @param {Set<number>} marked
   */
  #update(tile, example, marked) {
    show(tile.element, example !== undefined);
    tile.example = example ?? null;
    if (example === undefined) return;
    const look = this.#look(example, marked);
    const seen = JSON.stringify(look) + example;
    if (seen === tile.seen) return; // most updates change one tile
    tile.seen = seen;
    this.images.draw(tile.image.canvas, example);
    tile.element.dataset.example = String(example);
    tile.element.classList.toggle("f", look.framed);
    tile.element.classList.toggle("marked", look.marked);
    tile.element.classList.toggle("done", look.label !== null || look.state !== null);
    tile.element.setAttribute("aria-selected", String(look.framed));
    tile.image.canvas.setAttribute("aria-label", `image ${example}${look.marked ? ", marked" : ""}`);
    tile.badge.replaceChildren(...this.#badge(look));
    tile.caption.replaceChildren(...this.#caption(look));
  }

  /**
   * @param {number} example
   * @param {Set<number>} marked
   * @returns {Look}
   */
  #look(example, marked) {
    const { client } = this;
    const label = client.labelOf(example);
    const state = client.stateOf(example);
    const pending = !client.isOpen(example) && client.isPending(example);
    return {
      label, state, pending, late: pending && client.outbox.isLate, framed: client.focus === example,
      marked: marked.has(example), guess: label === null && state === null ? client.guessOf(example) : null,
      glyphs: client.classes.map((cls) => [cls.glyph, cls.look.fill]).join(),
    };
  }

  /** @param {Look} look */
  #badge({ label, state }) {
    const cls = this.client.classOf(label);
    return cls ? [glyph(cls)] : state ? [stateMark(state)] : [];
  }

  /** @param {Look} look */
  #caption({ label, state, pending, late, guess }) {
    const isSaid = label !== null || state !== null;
    if (isSaid && late) return [h("span.warn", {}, "not saved yet")];
    if (isSaid && pending) return [h("span.s", {}, "saving")];
    if (state) return [h("span.s", {}, STATE_WORDS[state])];
    if (label !== null) return [h("span.ok", {}, "saved")];
    if (!guess) return [h("span.s", {}, this.isBrief ? "no guess" : "no guess yet")];
    const line = [...this.#glyph(guess.best), h("b", {}, share(guess.p))];
    if (!this.isBrief && guess.second !== null && guess.p2 >= 0.005)
      line.push(h("span.s", {}, "or"), ...this.#glyph(guess.second));
    return line;
  }

  /** @param {number} id */
  #glyph(id) {
    const cls = this.client.classOf(id);
    return cls ? [glyph(cls)] : [];
  }

  showHover() {
    for (const tile of this.tiles)
      tile.element.classList.toggle("hover", tile.example !== null && tile.example === this.client.hover);
  }
}
