/** "Label next": the tiles of the queue, in which order they are asked, and why the framed one is. */

import { TileGrid } from "../shared/tiles.js";
import { StrategyPicker } from "./strategy_picker.js";
import { PilePicker } from "./piles.js";
import { h, key, keyRange, show, write } from "../shared/dom.js";
import { count } from "../shared/format.js";
import { nounOf } from "../texts/texts.js";

/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */
/** @typedef {import("./queue.js").Queue} Queue */

const TILES = 13;

export class QueuePanel {
  /**
   * @param {HTMLElement} panel
   * @param {object} parts
   * @param {SessionClient} parts.client
   * @param {import("../shared/images.js").Images} parts.images
   * @param {Queue} parts.queue
   * @param {import("./layout_modes.js").LayoutModes} parts.layoutModes
   * @param {import("./grid.js").Grid} parts.grid
   */
  constructor(panel, { client, images, queue, layoutModes, grid }) {
    this.client = client;
    this.queue = queue;
    this.tiles = new TileGrid({ client, images, n: TILES, click: (example) => client.setFocus(example) });
    this.piles = new PilePicker({ client, grid });
    this.order = new StrategyPicker({ client, queue });
    this.position = h("span.s", { "data-testid": "queue-position" });
    panel.append(h("div.h", {}, this.piles.element, h("span.sp"), layoutModes.makeSwitch("queue")),
      h("div.row.order", {}, this.order.element, this.position), this.order.more,
      this.tiles.element, this.empty, this.why, this.#hints());
    this.#stops = [
      queue.on("change", () => this.update()),
      client.on("state", () => this.update()), client.on("guesses", () => this.update()),
      client.on("focus", () => this.update()),
      client.on("hover", () => this.tiles.showHover()),
      client.on("saving", () => this.tiles.update(queue.page.map((item) => item.example))),
    ];
  }

  client;
  queue;
  tiles;
  piles;
  order;
  position;
  empty = h("div.nothing.s", { "data-testid": "queue-empty" });
  whyTitle = h("b");
  whyText = h("span");
  why = h("div.why", { "data-testid": "why" }, this.whyTitle, " ", this.whyText);
  range = h("span");
  #stops;

  destroy() {
    for (const stop of this.#stops) stop();
    this.piles.destroy();
    this.order.destroy();
  }

  #hints() {
    return h("div.s.row.hints", {}, this.range, h("span", {}, key("↵"), " accept"),
      h("span", {}, key("U"), " unsure"), h("span", {}, key("X"), " skip"), h("span", {}, key("?"), " keys"));
  }

  update() {
    const { page, coming } = this.queue;
    this.tiles.update(page.map((item) => item.example));
    const all = page.length + coming.length;
    write(this.position, all ? `${count(page.length)} of ${count(all)}` : "");
    this.order.update();
    this.#updateEmpty();
    this.#updateWhy();
    this.#updateRange();
  }

  #updateRange() {
    const keys = this.client.classes.filter((cls) => cls.key);
    const seen = keyRange(keys);
    if (this.range.dataset.seen === seen) return;
    this.range.dataset.seen = seen;
    this.range.replaceChildren(...(keys.length ? [key(keys[0].key.toUpperCase()), " – ",
      key(keys[keys.length - 1].key.toUpperCase()), " label"] : []));
  }

  #updateEmpty() {
    const { client, queue } = this;
    const isDone = client.labels && client.labelOverlay.labelled === client.labels.length;
    show(this.empty, !queue.page.length);
    write(this.empty, isDone ? "Every image has a label." : queue.isWaiting
      ? "The first images are on their way." : "No suggestion now. Draw a lasso on the map.");
  }

  #updateWhy() {
    const { client, queue } = this;
    const [title, text] = whyInWords(client, queue);
    show(this.why, queue.page.length > 0);
    write(this.whyTitle, title);
    write(this.whyText, text);
  }
}

/**
 * [title, sentence] of why the framed example is asked about.
 * @param {Pick<SessionClient, "focus" | "classes" | "labelOverlay" | "state">} client
 * @param {Pick<Queue, "itemOf">} queue
 */
export function whyInWords(client, queue) {
  const item = queue.itemOf(client.focus);
  const keys = keyRange(client.classes), noun = nounOf(client);
  if (!client.classes.length) return ["No class yet.", "Press N to name the first one."];
  if (!client.labelOverlay.labelled && item)
    return ["Start here.", `Say what the framed ${noun} is: press ${keys}. These ${noun}s lie far apart on the map. Or open Groups, above, and name many with one key.`];
  if (item) return ["Why this one?", item.why];
  if (client.focus !== null) return [`${noun === "image" ? "Image" : noun === "row" ? "Row" : "Text"} ${client.focus} is framed on the map.`, `Press ${keys} to label it.`];
  return ["Nothing is framed.", "Click an image, or press an arrow key."];
}
