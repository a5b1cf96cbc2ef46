/** The grid of tiles: image, guess, label, what is saved; one tile is framed. */

import { glyph, h, picture, show } from "./dom.js";
import { share } from "./format.js";

const TILES = 12;

export class TileGrid {
  /** frame(example) is called on a click; owner has `skipped`. */
  constructor({ lab, images, frame, owner }) {
    Object.assign(this, { lab, images, frame, owner });
    this.tiles = Array.from({ length: TILES }, (_, k) => this.#tile(k));
    this.element = h("div.grid", { role: "listbox", "aria-label": "Images to label", "data-testid": "queue" },
      ...this.tiles.map((tile) => tile.element));
  }

  #tile(k) {
    const tile = { example: null, seen: "" };
    tile.image = picture(".im");
    tile.badge = h("span.badge");
    tile.caption = h("div.cap");
    tile.element = h("div.q", {
      "data-testid": `tile-${k}`, role: "option",
      onclick: () => this.frame(tile.example),
      onpointerenter: () => this.lab.setHover(tile.example),
      onpointerleave: () => this.lab.hover === tile.example && this.lab.setHover(null),
    }, h("span.pic", {}, tile.image.element, tile.badge), tile.caption);
    return tile;
  }

  update(page) {
    this.tiles.forEach((tile, k) => this.#update(tile, page[k]));
  }

  #update(tile, item) {
    show(tile.element, Boolean(item));
    tile.example = item?.example ?? null;
    if (!item) return;
    const look = this.#look(item.example);
    const seen = JSON.stringify(look) + item.example;
    if (seen === tile.seen) return; // most updates change one tile
    tile.seen = seen;
    this.images.draw(tile.image.canvas, item.example);
    tile.element.dataset.example = item.example;
    tile.element.classList.toggle("f", look.framed);
    tile.element.classList.toggle("done", look.label !== null || look.skipped);
    tile.element.setAttribute("aria-selected", String(look.framed));
    tile.badge.replaceChildren(...(look.label === null ? [] : [glyph(this.lab.classes[look.label])]));
    tile.caption.replaceChildren(...this.#caption(look));
  }

  #look(example) {
    const { lab } = this;
    const label = lab.labelOf(example);
    const pending = label !== null && lab.isPending(example);
    return {
      label, pending, late: pending && lab.outbox.isLate, framed: lab.focus === example,
      skipped: this.owner.skipped.has(example), guess: label === null ? lab.guessOf(example) : null,
      classes: lab.classes.length,
    };
  }

  #caption({ label, pending, late, skipped, guess }) {
    if (label !== null && late) return [h("span.warn", {}, "not saved yet")];
    if (label !== null) return [pending ? h("span.s", {}, "saving") : h("span.ok", {}, "saved")];
    if (skipped) return [h("span.s", {}, "skipped")];
    const { classes } = this.lab;
    if (!guess || !classes[guess.best]) return [h("span.s", {}, "no guess yet")];
    const line = [glyph(classes[guess.best]), h("b", {}, share(guess.p))];
    if (classes[guess.second] && guess.second !== guess.best && guess.p2 >= 0.005)
      line.push(h("span.s", {}, "or"), glyph(classes[guess.second]));
    return line;
  }

  showHover() {
    for (const tile of this.tiles)
      tile.element.classList.toggle("hover", tile.example !== null && tile.example === this.lab.hover);
  }
}
