/** The steps of a film side by side, under each the real image nearest to it where that is wanted. */

import { h, picture, show, walkByArrows } from "../shared/dom.js";
import { paint } from "../shared/images.js";

/** @typedef {import("../shared/api.js").ImageShape} ImageShape */

/**
 * @typedef {object} Step
 * @property {Uint8Array} pixels
 * @property {number} nearest the real image nearest to it
 * @property {string} words what it is, for who does not see it
 * @property {string} [frame] CSS colour of a frame around it
 */

export class FilmStrip {
  /**
   * @param {object} parts
   * @param {import("../shared/images.js").Images} parts.images
   * @param {(k: number | null) => void} parts.point the pointer or the focus is on a step
   * @param {(k: number) => void} parts.choose
   */
  constructor({ images, point, choose }) {
    this.#images = images;
    this.#point = point;
    this.#choose = choose;
    this.element = h("div.film-strip", { role: "group", "aria-label": "Steps, left and right by arrows", "data-testid": "film-strip" });
    walkByArrows(this.element, "button");
  }

  element;
  #images;
  #point;
  #choose;
  /** @type {{button: HTMLButtonElement, drawn: ReturnType<typeof picture>, real: ReturnType<typeof picture>}[]} */
  #tiles = [];

  /**
   * @param {Step[]} steps
   * @param {ImageShape} shape
   * @param {boolean} withReal whether the nearest real images are shown
   */
  show(steps, shape, withReal) {
    if (steps.length !== this.#tiles.length) this.#build(steps.length);
    this.element.style.setProperty("--steps", String(Math.max(1, steps.length)));
    steps.forEach(({ pixels, nearest, words, frame }, k) => {
      const { button, drawn, real } = this.#tiles[k];
      paint(drawn.canvas, pixels, shape);
      button.setAttribute("aria-label", words);
      button.title = words;
      drawn.element.style.boxShadow = frame ? `0 0 0 2px ${frame}` : "";
      show(real.element, withReal);
      if (withReal) this.#images.draw(real.canvas, nearest);
      button.dataset.nearest = String(nearest);
    });
  }

  /** @param {number | null} k the step that the film stands at */
  mark(k) {
    this.#tiles.forEach(({ button }, place) => button.classList.toggle("here", place === k));
  }

  /** @param {number} n */
  #build(n) {
    this.#tiles = Array.from({ length: n }, (_, k) => {
      const [drawn, real] = [picture(), picture(".real")];
      const button = h("button.film-step", { "data-testid": `step-${k}`, tabindex: k ? "-1" : "0", onclick: () => this.#choose(k),
        onpointerenter: () => this.#point(k), onpointerleave: () => this.#point(null),
        onfocus: () => this.#point(k), onblur: () => this.#point(null) }, drawn.element, real.element);
      return { button, drawn, real };
    });
    this.element.replaceChildren(...this.#tiles.map(({ button }) => button));
  }
}
