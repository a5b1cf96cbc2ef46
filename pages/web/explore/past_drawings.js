/** What the model drew of each class at a moment. */

import { glyph, h, picture, show, write } from "../shared/dom.js";
import { many } from "../shared/format.js";
import { paint } from "../shared/images.js";

export class PastDrawings {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   */
  constructor(panel, shared) {
    this.#shared = shared;
    panel.append(h("div.h", {}, "What it drew then", this.#when), this.#rows, this.#none);
  }

  #shared;
  #when = h("span.s", { "data-testid": "time-drawn-when" });
  #rows = h("div.past-rows", { "data-testid": "time-drawings" });
  #none = h("div.nothing.s", {}, "The model drew no classes yet.");

  /**
   * @param {Uint8Array | null} pixels classes x columns x H x W x C
   * @param {import("./moment_steps.js").Moment | undefined} moment in which they were drawn
   * @param {import("./moment_steps.js").Moment} shown
   */
  show(pixels, moment, shown) {
    const { client, images: { shape } } = this.#shared;
    show(this.#rows, pixels !== null);
    show(this.#none, pixels === null);
    write(this.#when, pixels && moment && moment !== shown ? `as of ${many(moment.n_labels, "label")}` : "");
    if (!pixels || !moment || !shape) return;
    const size = shape[0] * shape[1] * shape[2];
    const { columns } = moment;
    const n = pixels.length / size;
    const undrawn = new Set(moment.undrawn);
    this.#rows.replaceChildren(...client.classes.flatMap((cls) => {
      if ((cls.id + 1) * columns > n) return [];
      const tiles = Array.from({ length: columns }, (_, k) => {
        const { canvas, element } = picture();
        const place = cls.id * columns + k;
        if (!undrawn.has(place)) paint(canvas, pixels.subarray(place * size, (place + 1) * size), shape);
        return element;
      });
      return [h("div.past-row", {}, glyph(cls), ...tiles)];
    }));
  }
}
