/** What is inferred of an image, among the codes of all images: in the two directions that tell most. */

import { context, h, write } from "../shared/dom.js";
import { rgb } from "../shared/theme.js";

const N_DOTS = 3000; // codes that are drawn
const SIDE = 140; // px
const ROOM = 3.2; // standard deviations to either side of the middle

export class CodePlane {
  /** @param {import("./explore_page.js").Shared} shared */
  constructor(shared) {
    this.#shared = shared;
    this.element = h("div.column.plane-box", {}, this.#canvas, this.#words);
  }

  element;
  #shared;
  #canvas = h("canvas.plane", { role: "img", "data-testid": "posterior", "aria-label": "What is inferred of the image, among the codes of all images" });
  #words = h("div.s");

  /**
   * @param {ArrayLike<number>} mean of the code
   * @param {ArrayLike<number> | null} variance null where an encoder gives a point
   */
  show(mean, variance) {
    const { client, codes, theme } = this.#shared;
    const ratio = devicePixelRatio || 1;
    this.#canvas.width = this.#canvas.height = SIDE * ratio;
    const c = context(this.#canvas);
    c.scale(ratio, ratio);
    const [a, b = a] = codes.order("code");
    const spread = codes.spread("code");
    const unit = (/** @type {number} */ dim) => SIDE / 2 / (ROOM * Math.max(spread[dim], 1e-6));
    const dim = codes.dim("code");
    const at = (/** @type {ArrayLike<number>} */ code) => [SIDE / 2 + code[a] * unit(a), SIDE / 2 - code[b] * unit(b)];
    for (let i = 0; i < codes.n; i += Math.max(1, Math.floor(codes.n / N_DOTS))) {
      const [x, y] = at(codes.of("code", i));
      c.fillStyle = rgb(client.guesses ? theme.ofClass(codes.classOf(i)) : theme.unlabelled, 0.35);
      c.fillRect(x - 0.75, y - 0.75, 1.5, 1.5);
    }
    const [x, y] = at(mean);
    if (variance) for (const times of [2, 1]) {
      c.beginPath();
      c.ellipse(x, y, Math.max(times * Math.sqrt(variance[a]) * unit(a), 2), Math.max(times * Math.sqrt(variance[b]) * unit(b), 2), 0, 0, 7);
      c.fillStyle = rgb(theme.accent, 0.16);
      c.fill();
      c.strokeStyle = rgb(theme.accent);
      c.lineWidth = 1.5;
      c.stroke();
    }
    c.beginPath();
    c.arc(x, y, 2.5, 0, 7);
    c.fillStyle = rgb(theme.text);
    c.fill();
    write(this.#words, `numbers ${a + 1} and ${b + 1} of ${dim}, ${variance ? "1 and 2 standard deviations; on the map, too" : "a point"}`);
  }
}
