/** "Label next": the tiles of the queue, in which order they are asked, and why the framed one is. */

import { TileGrid } from "../shared/tiles.js";
import { OrderPicker } from "./strategy_picker.js";
import { PilePicker } from "./piles.js";
import { h, key, keyRange, show, write } from "../shared/dom.js";
import { count } from "../shared/format.js";

const TILES = 13;

export class QueuePanel {
  constructor(panel, { lab, images, queue, views, board }) {
    Object.assign(this, { lab, queue });
    this.grid = new TileGrid({ lab, images, n: TILES, click: (example) => lab.setFocus(example) });
    this.piles = new PilePicker({ lab, board });
    this.order = new OrderPicker({ lab, queue });
    this.position = h("span.s", { "data-testid": "queue-position" });
    panel.append(h("div.h", {}, this.piles.element, h("span.sp"), views.makeSwitch("queue")),
      h("div.row.order", {}, this.order.element, this.position), this.order.more,
      this.grid.element, this.#empty(), this.#why(), this.#hints());
    this.#stops = [
      queue.on("change", () => this.update()),
      ...["state", "guesses", "focus"].map((name) => lab.on(name, () => this.update())),
      lab.on("hover", () => this.grid.showHover()),
      lab.on("saving", () => this.grid.update(queue.page.map((item) => item.example))),
    ];
  }

  #stops;

  destroy() {
    for (const stop of this.#stops) stop();
    this.piles.destroy();
    this.order.destroy();
  }

  #empty() {
    this.empty = h("div.nothing.s", { "data-testid": "queue-empty" });
    return this.empty;
  }

  #why() {
    this.whyTitle = h("b");
    this.whyText = h("span");
    return h("div.why", { "data-testid": "why" }, this.whyTitle, " ", this.whyText);
  }

  #hints() {
    this.range = h("span");
    return h("div.s.row.hints", {}, this.range, h("span", {}, key("↵"), " accept"),
      h("span", {}, key("U"), " unsure"), h("span", {}, key("X"), " skip"), h("span", {}, key("?"), " keys"));
  }

  update() {
    const { page, coming } = this.queue;
    this.grid.update(page.map((item) => item.example));
    const all = page.length + coming.length;
    write(this.position, all ? `${count(page.length)} of ${count(all)}` : "");
    this.order.update();
    this.#updateEmpty();
    this.#updateWhy();
    this.#updateRange();
  }

  #updateRange() {
    const keys = this.lab.classes.filter((cls) => cls.key);
    const seen = keyRange(keys);
    if (this.range.dataset.seen === seen) return;
    this.range.dataset.seen = seen;
    this.range.replaceChildren(...(keys.length ? [key(keys[0].key.toUpperCase()), " – ",
      key(keys[keys.length - 1].key.toUpperCase()), " label"] : []));
  }

  #updateEmpty() {
    const { lab, queue } = this;
    const isDone = lab.labels && lab.ledger.labelled === lab.labels.length;
    show(this.empty, !queue.page.length);
    write(this.empty, isDone ? "Every image has a label." : queue.isWaiting
      ? "The first images are on their way." : "No suggestion now. Draw a lasso on the map.");
  }

  #updateWhy() {
    const { lab, queue } = this;
    const [title, text] = whyInWords(lab, queue);
    show(this.whyTitle.parentElement, queue.page.length > 0);
    write(this.whyTitle, title);
    write(this.whyText, text);
  }
}

/** [title, sentence] of why the framed example is asked about. */
export function whyInWords(lab, queue) {
  const item = queue.itemOf(lab.focus);
  const keys = keyRange(lab.classes);
  if (!lab.classes.length) return ["No class yet.", "Press N to name the first one."];
  if (!lab.ledger.labelled && item)
    return ["Start here.", `Say what the framed image is: press ${keys}. These images lie far apart on the map.`];
  if (item) return ["Why this one?", item.why];
  if (lab.focus !== null) return [`Image ${lab.focus} is framed on the map.`, `Press ${keys} to label it.`];
  return ["Nothing is framed.", "Click an image, or press an arrow key."];
}
