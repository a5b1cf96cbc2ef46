/** What each pair alone makes of an image: with, without, result. */

import { h, picture } from "../shared/dom.js";
import { paint } from "../shared/images.js";

export class PairResults {
  /** @param {import("../shared/images.js").Images} images */
  constructor(images) {
    this.#images = images;
  }

  element = h("div.pairs", { "data-testid": "pairs" });
  #images;

  /**
   * @param {import("./directions.js").Pair[]} pairs
   * @param {Uint8Array[]} results of the first of them
   * @param {import("../shared/api.js").ImageShape} shape
   */
  show(pairs, results, shape) {
    const { element } = this;
    while (element.childElementCount > results.length) element.lastElementChild?.remove();
    while (element.childElementCount < results.length)
      element.append(h("div.pair", {}, picture().element, h("span", {}, "−"), picture().element, h("span", {}, "→"), picture().element));
    results.forEach((pixels, k) => {
      const [plus, minus, result] = element.children[k].querySelectorAll("canvas");
      this.#images.draw(plus, pairs[k][0]);
      this.#images.draw(minus, pairs[k][1]);
      paint(result, pixels, shape);
    });
  }
}
