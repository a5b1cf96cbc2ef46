/** The small card beside a point: image, redrawing, guess, label. */

import { glyph, h, picture, show } from "../shared/dom.js";
import { paint } from "../shared/images.js";
import { share } from "../shared/format.js";

const OPEN = 125; // ms over a point before the card opens
const CLOSE = 80; // ms after leaving it
const REDRAW = 100; // ms the card is open before the trainer is asked for a redrawing
const ASIDE = { unsure: "unsure", junk: "junk", skip: "skipped" };
const AWAY = 20; // px between the point and the card

/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */

/**
 * @typedef {object} Parts
 * @property {SessionClient} client
 * @property {import("../shared/images.js").Images} images
 * @property {import("./colour_sources.js").ColourSources} colourSources
 * @property {(example: number) => import("./camera.js").Point} pixelOf where it is drawn in the panel
 */

export class HoverCard {
  panel;
  client;
  images;
  colourSources;
  pixelOf;
  /** @type {number | null} */
  example = null; // what the card shows
  image;
  redrawn;
  redrawnBox;
  guess;
  words;
  element;

  /**
   * @param {HTMLElement} panel of the map
   * @param {Parts} parts
   */
  constructor(panel, { client, images, colourSources, pixelOf }) {
    this.panel = panel;
    this.client = client;
    this.images = images;
    this.colourSources = colourSources;
    this.pixelOf = pixelOf;
    this.image = picture();
    this.redrawn = picture();
    this.redrawnBox = h("div", {}, this.redrawn.element, h("div.s", {}, "redrawn"));
    this.guess = h("div.row.guess");
    this.words = h("div.s");
    this.element = h("div.card.hover", { "data-testid": "hover-card" },
      h("div.row.top", {}, h("div", {}, this.image.element, h("div.s", {}, "image")), this.redrawnBox),
      this.guess, this.words);
    show(this.element, false);
    panel.append(this.element);
    colourSources.on("change", () => this.update());
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;
  /** @type {Map<number, Uint8Array>} */
  #redrawings = new Map();

  /**
   * What lies under the pointer now; null when nothing does.
   * @param {number | null} example
   * @param {number | null} pinned stays when the pointer leaves
   */
  point(example, pinned) {
    const next = example ?? pinned;
    if (next === this.#next && this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = next;
    if (next === this.example) return;
    const wait = next === null || this.example !== null ? CLOSE : example === null ? 0 : OPEN;
    this.#timer = setTimeout(() => this.#open(next), wait);
  }

  /** @type {number | null} */
  #next = null;

  /** @param {number | null} example */
  #open(example) {
    this.#timer = undefined;
    this.example = example;
    clearTimeout(this.#asking);
    show(this.element, example !== null);
    if (example === null) return;
    this.update();
    this.#showRedrawing(this.#redrawings.get(example));
    this.#asking = setTimeout(() => this.#ask(example), REDRAW);
  }

  /** Forgets redrawings: the model has changed. */
  forget() {
    this.#redrawings.clear();
  }

  update() {
    if (this.example === null) return;
    const { client, example } = this;
    this.images.draw(this.image.canvas, example);
    this.guess.replaceChildren(...guessLine(client, example));
    const label = client.labelOf(example);
    const state = client.stateOf(example);
    const name = label !== null ? `Your label: ${client.classOf(label)?.name ?? label}.`
      : state ? `You put it aside: ${ASIDE[state]}.` : "No label yet.";
    if (this.colourSources.domains.length) this.colourSources.want("domain");
    const domain = this.colourSources.domainOf(example);
    this.words.replaceChildren(`${name} `, domain && `From ${domain}. `, h("span.mono", {}, `#${example}`));
    this.place();
  }

  /** Beside the point, on the side with room, never over it. */
  place() {
    if (this.example === null) return;
    const [x, y] = this.pixelOf(this.example);
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const { clientWidth, clientHeight } = this.panel;
    const left = x + AWAY + width < clientWidth - 4 ? x + AWAY : x - AWAY - width;
    const top = Math.min(Math.max(y - 24, 4), clientHeight - height - 4);
    this.element.style.left = `${Math.max(4, left)}px`;
    this.element.style.top = `${top}px`;
    show(this.element, x > -10 && y > -10 && x < clientWidth + 10 && y < clientHeight + 10);
  }

  /** @param {number} example */
  async #ask(example) {
    if (this.images.texts) return; // from an embedding there is no way back to words
    if (this.#redrawings.has(example)) return;
    try {
      const { buffer } = await this.client.api.array(`redraw?example=${example}`);
      if (this.#redrawings.size > 200) this.#redrawings.clear();
      this.#redrawings.set(example, new Uint8Array(buffer));
      if (this.example === example) this.#showRedrawing(this.#redrawings.get(example));
    } catch {
      // The trainer is busy or away: the card simply has no redrawing.
    }
  }

  /** @param {Uint8Array | undefined} pixels */
  #showRedrawing(pixels) {
    const { shape } = this.images;
    this.redrawnBox.style.visibility = pixels ? "visible" : "hidden";
    if (pixels && shape) paint(this.redrawn.canvas, pixels, shape);
  }
}

/**
 * "[4] 52%  [9] 45%", or words while nothing guesses.
 * @param {SessionClient} client
 * @param {number} example
 */
function guessLine(client, example) {
  const guess = client.guessOf(example);
  const [best, second] = [client.classOf(guess?.best), client.classOf(guess?.second)];
  if (!guess || !best) return [h("span.s", {}, "no guess yet")];
  const line = [glyph(best), h("b", {}, share(guess.p))];
  if (second && guess.p2 >= 0.005) line.push(glyph(second), h("span.s", {}, share(guess.p2)));
  return line;
}
