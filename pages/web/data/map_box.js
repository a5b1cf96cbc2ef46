/** The map of a set's images, as it forms while they are learned. */

import { context, h, show, write } from "../shared/dom.js";

const [WIDTH, HEIGHT, DOT] = [521, 190, 1.6];

export class MapBox {
  shelf;
  words;
  canvas;
  element;

  /** @param {import("./shelf.js").Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf;
    this.words = h("span.s");
    this.canvas = h("canvas.forming", { role: "img", "aria-label": "The map as it stands", "data-testid": "forming" });
    this.element = h("div.map-box", {}, h("div.row.half-head", {}, h("b", {}, "The map"), this.words), this.canvas);
  }

  #drawn = "";

  /** @param {import("../shared/api.js").Report} report */
  async update(report) {
    const { learning } = this.shelf;
    const shown = learning?.set === report.id && learning.map_version > 0 ? learning : null;
    show(this.element, shown !== null);
    if (!shown) return;
    write(this.words, shown.state === "learning" ? "forming; it moves while the images are learned" : "as it stands");
    const name = `${shown.set} ${shown.map_version}`;
    if (name === this.#drawn) return;
    this.#drawn = name;
    const places = await this.shelf.places().catch(() => null);
    if (places) this.#draw(places);
  }

  /**
   * Places in [0, 1], y upwards, in the middle of the canvas.
   * @param {Float32Array} places
   */
  #draw(places) {
    const scale = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: WIDTH * scale, height: HEIGHT * scale });
    const pen = context(this.canvas);
    pen.scale(scale, scale);
    pen.fillStyle = getComputedStyle(this.canvas).color;
    pen.globalAlpha = 0.55;
    const side = HEIGHT - 12;
    for (let i = 0; i < places.length; i += 2) {
      pen.fillRect((WIDTH - side) / 2 + places[i] * side, 6 + (1 - places[i + 1]) * side, DOT, DOT);
    }
  }
}
