/** Style: what is left of an image once its class is known; in every class, and number by number. */

import { h } from "../shared/dom.js";
import { Random } from "../shared/random.js";
import { OneImage } from "./one_image.js";
import { StyleGrid } from "./style_grid.js";
import { StyleKnobs } from "./style_knobs.js";

export class StyleView {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   */
  constructor(panel, shared) {
    this.shared = shared;
    const box = (/** @type {string} */ name, /** @type {string} */ label) =>
      h(`section.panel.${name}`, { "aria-label": label, "data-testid": name });
    const boxes = { grid: box("style-grid", "Same style, every class"), knobs: box("style-knobs", "Turn one style knob"),
      one: box("one-image", "One image") };
    panel.append(boxes.grid, boxes.knobs, boxes.one);
    const tell = () => this.#tell();
    this.knobs = new StyleKnobs(boxes.knobs, shared, tell);
    this.grid = new StyleGrid(boxes.grid, shared, { frame: (cls, of) => this.knobs.take(cls, of), tell });
    this.one = new OneImage(boxes.one, shared);
    const { client, decoder, codes } = shared;
    this.#stops = [
      decoder.on("changed", () => this.#renew()), codes.on("changed", () => this.#renew()),
      client.on("focus", () => this.#pick()), client.on("map", () => this.#isShown && this.one.renew()), client.on("guesses", () => this.grid.renew()), client.on("state", () => this.grid.renew()),
    ];
  }

  shared;
  grid;
  knobs;
  one;
  #stops;
  #isShown = false;

  show() {
    this.#isShown = true;
    this.#renew();
  }

  hide() {
    this.#isShown = false;
    this.one.hide();
  }

  /** @param {Record<string, any>} state */
  restore(state) {
    const { client } = this.shared;
    if (Number.isInteger(state.example)) client.setFocus(state.example);
    this.grid.restore(state);
    this.knobs.restore(state);
  }

  #renew() {
    if (!this.#isShown) return;
    this.grid.renew();
    this.#turn();
    this.one.renew();
  }

  /** Without styles to frame, M1's latents of the picked example are turned, or of any. */
  #turn() {
    const { client, codes, link } = this.shared;
    if (this.grid.rows.length || !codes.n) return this.knobs.renew();
    const example = client.focus ?? new Random(link.seed).below(codes.n);
    this.knobs.take(codes.classOf(example), example);
  }

  /** Another example was picked. */
  #pick() {
    if (!this.#isShown) return;
    this.grid.pick();
    this.#turn();
    this.one.renew();
    this.#tell();
  }

  #tell() {
    this.shared.link.set("style", { example: this.shared.client.focus ?? undefined, ...this.grid.state, ...this.knobs.state });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    return this.grid.key(event);
  }

  destroy() {
    for (const stop of this.#stops) stop();
    this.grid.destroy();
    this.knobs.destroy();
    this.one.destroy();
  }
}
