// @ts-nocheck (its types are not written yet)
/** A grid of tiles: image, guess, label or state, what is saved; one is framed, some are marked. */

import { glyph, h, picture, show, stateMark } from "./dom.js";
import { share } from "./format.js";

const NO_MARKS = new Set();
const STATE_WORDS = { unsure: "unsure", junk: "junk", skip: "skipped" };

export class TileGrid {
  /** click(example, event); `name` begins the test ids; isBrief: the caption has no second guess. */
  constructor({ client, images, click, n, name = "tile", label = "Images to label", isBrief = false }) {
    Object.assign(this, { client, images, click, name, isBrief });
    this.tiles = Array.from({ length: n }, (_, k) => this.#tile(k));
    this.element = h("div.grid", { role: "listbox", "aria-label": label, tabindex: "0", "data-testid": name === "tile" ? "queue" : name },
      ...this.tiles.map((tile) => tile.element));
  }

  #tile(k) {
    const tile = { example: null, seen: "" };
    tile.image = picture(".im");
    tile.image.canvas.setAttribute("role", "img");
    tile.badge = h("span.badge");
    tile.caption = h("div.cap");
    tile.element = h("div.q", {
      "data-testid": `${this.name}-${k}`, id: `${this.name}-${k}`, role: "option",
      onclick: (event) => this.click(tile.example, event),
      onpointerenter: () => this.client.setHover(tile.example),
      onpointerleave: () => this.client.hover === tile.example && this.client.setHover(null),
    }, h("span.pic", {}, tile.image.element, tile.badge), tile.caption);
    return tile;
  }

  /** Shows these examples, those in `marked` with a cross. */
  update(examples, marked = NO_MARKS) {
    this.tiles.forEach((tile, k) => this.#update(tile, examples[k], marked));
    const framed = this.tiles.find((tile) => tile.example !== null && tile.example === this.client.focus);
    if (framed) this.element.setAttribute("aria-activedescendant", framed.element.id);
    else this.element.removeAttribute("aria-activedescendant");
    show(this.element, examples.length > 0);
  }

  #update(tile, example, marked) {
    show(tile.element, example !== undefined);
    tile.example = example ?? null;
    if (example === undefined) return;
    const look = this.#look(example, marked);
    const seen = JSON.stringify(look) + example;
    if (seen === tile.seen) return; // most updates change one tile
    tile.seen = seen;
    this.images.draw(tile.image.canvas, example);
    tile.element.dataset.example = example;
    tile.element.classList.toggle("f", look.framed);
    tile.element.classList.toggle("marked", look.marked);
    tile.element.classList.toggle("done", look.label !== null || look.state !== null);
    tile.element.setAttribute("aria-selected", String(look.framed));
    tile.image.canvas.setAttribute("aria-label", `image ${example}${look.marked ? ", marked" : ""}`);
    tile.badge.replaceChildren(...this.#badge(look));
    tile.caption.replaceChildren(...this.#caption(look));
  }

  #look(example, marked) {
    const { client } = this;
    const label = client.labelOf(example);
    const state = client.stateOf(example);
    const pending = !client.isOpen(example) && client.isPending(example);
    return {
      label, state, pending, late: pending && client.outbox.isLate, framed: client.focus === example,
      marked: marked.has(example), guess: label === null && state === null ? client.guessOf(example) : null,
      glyphs: client.classes.map((cls) => [cls.glyph, cls.look.fill]).join(),
    };
  }

  #badge({ label, state }) {
    const cls = this.client.classOf(label);
    return cls ? [glyph(cls)] : state ? [stateMark(state)] : [];
  }

  #caption({ label, state, pending, late, guess }) {
    const isSaid = label !== null || state !== null;
    if (isSaid && late) return [h("span.warn", {}, "not saved yet")];
    if (isSaid && pending) return [h("span.s", {}, "saving")];
    if (state) return [h("span.s", {}, STATE_WORDS[state])];
    if (label !== null) return [h("span.ok", {}, "saved")];
    if (!guess) return [h("span.s", {}, this.isBrief ? "no guess" : "no guess yet")];
    const line = [glyph(this.client.classOf(guess.best)), h("b", {}, share(guess.p))];
    if (!this.isBrief && guess.second !== null && guess.p2 >= 0.005)
      line.push(h("span.s", {}, "or"), glyph(this.client.classOf(guess.second)));
    return line;
  }

  showHover() {
    for (const tile of this.tiles)
      tile.element.classList.toggle("hover", tile.example !== null && tile.example === this.client.hover);
  }
}
