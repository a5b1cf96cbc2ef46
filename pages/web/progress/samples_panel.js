// @ts-nocheck (its types are not written yet)
/** "What the model draws": samples of every class, then and now; each column keeps one style. */

import { glyph, h, show, write } from "../shared/dom.js";
import { paint } from "../shared/images.js";
import { prefersStill } from "../map/move_animation.js";

const ROW_TILES = 9; // tiles of 28 px that fit beside the glyph
const FREE_TILES = 36; // before any label: 6 x 6

export class SamplesPanel {
  constructor(panel, { client, images }) {
    Object.assign(this, { client, images });
    this.words = h("div.s.lead");
    this.free = h("div.free");
    this.groups = h("div.row.titles.s");
    this.rows = h("div.rows");
    this.caption = h("div.s.caption", {}, "Each column keeps one style.");
    panel.append(h("div.h", {}, "What the model draws"), this.words, this.free,
      h("div.pad", {}, this.groups, this.rows, this.caption));
    this.#stops = [client.on("state", () => this.#refresh()), client.on("labels", () => this.#updateRows())];
    this.update();
  }

  #stops;
  #plan = []; // groups on screen: {id, title, columns, by_class}
  #pixels = new Map(); // id -> Uint8Array
  #loading = new Set();
  #tiles = new Map(); // "group class column" -> Tile
  #built = "";

  destroy() {
    for (const stop of this.#stops) stop();
  }

  /** Fetches what the state names and is not here yet; draws when all of it has come. */
  async #refresh() {
    const wanted = this.client.state.samples ?? [];
    this.images.shape ??= this.client.state.data.shape;
    await Promise.all(wanted.map((group) => this.#load(group.id)));
    if (wanted !== this.client.state.samples && !this.#isAll(wanted)) return;
    if (!this.#isAll(wanted)) return; // the last picture stays
    this.#plan = wanted;
    for (const id of this.#pixels.keys())
      if (!wanted.some((group) => group.id === id)) this.#pixels.delete(id);
    this.update();
  }

  #isAll(groups) {
    return groups.every((group) => this.#pixels.has(group.id));
  }

  async #load(id) {
    if (this.#pixels.has(id) || this.#loading.has(id)) return;
    this.#loading.add(id);
    try {
      const { buffer } = await this.client.api.array(`samples/${encodeURIComponent(id)}`);
      this.#pixels.set(id, new Uint8Array(buffer));
    } catch {
      // Replaced by a newer one already, or the server is away: the next state asks again.
    }
    this.#loading.delete(id);
  }

  update() {
    const byClass = this.#plan.filter((group) => group.by_class);
    const free = this.#plan.find((group) => !group.by_class);
    const isFree = !byClass.length;
    show(this.words, isFree);
    show(this.free, isFree);
    show(this.groups.parentElement, !isFree);
    write(this.words, wordsFor(this.client.state, Boolean(free)));
    if (isFree && free) this.#drawFree(free);
    if (!isFree) this.#drawGroups(byClass);
  }

  #drawFree({ id, columns }) {
    const n = Math.min(columns, FREE_TILES);
    this.#rebuild(`free ${n}`, () => {
      this.free.replaceChildren(...Array.from({ length: n }, (_, k) => this.#tile(`free ${k}`)));
    });
    for (let k = 0; k < n; k++) this.#paint(`free ${k}`, id, k);
  }

  #drawGroups(groups) {
    const classes = this.#known();
    const widths = shareOut(groups.map((group) => group.columns));
    const name = JSON.stringify([groups.length, widths, classes.map(({ id, glyph, key, look }) => [id, glyph, key, look])]);
    this.#rebuild(name, () => this.#layOut(groups, widths));
    groups.forEach((group, g) => {
      write(this.groups.children[g], group.title);
      for (const cls of classes)
        for (let k = 0; k < widths[g]; k++)
          this.#paint(`${g} ${cls.id} ${k}`, group.id, cls.id * group.columns + k);
    });
    this.#updateRows();
  }

  /** The classes that have an id already. */
  #known() {
    return this.client.classes.filter((cls) => cls.id >= 0);
  }

  #rebuild(name, build) {
    if (name === this.#built) return;
    this.#built = name;
    this.#tiles.clear();
    build();
  }

  #layOut(groups, widths) {
    this.groups.replaceChildren(...groups.map((_, g) => {
      const title = h(g === groups.length - 1 ? "span.now" : "span");
      title.style.width = `calc(${widths[g]} * var(--sample) + ${2 * (widths[g] - 1)}px)`;
      return title;
    }));
    this.rows.replaceChildren(...this.#known().map((cls) => this.#row(cls, widths)));
  }

  #row(cls, widths) {
    const groups = widths.map((width, g) => h("span.tiles", {},
      ...Array.from({ length: width }, (_, k) => this.#tile(`${g} ${cls.id} ${k}`))));
    const none = h("span.s.none", {}, "no label yet");
    const row = h("div.sample-row", { "data-testid": `samples-${cls.key || `id-${cls.id}`}` }, glyph(cls), ...groups, none);
    row.dataset.cls = cls.id;
    return row;
  }

  /** A class without a label shows words: whatever the model drew there would be noise. */
  #updateRows() {
    for (const row of this.rows.children)
      row.classList.toggle("without", this.client.counts[row.dataset.cls] === 0);
  }

  #tile(name) {
    const tile = new Tile();
    this.#tiles.set(name, tile);
    return tile.element;
  }

  #paint(name, id, index) {
    const { shape } = this.images;
    const size = shape[0] * shape[1] * shape[2];
    const pixels = this.#pixels.get(id).subarray(index * size, (index + 1) * size);
    if (pixels.length === size) this.#tiles.get(name).draw(`${id} ${index}`, pixels, shape);
  }
}

/** Why there are no drawings of classes. */
function wordsFor(state, isDrawing) {
  if (state?.trainer.state === "failed") return "Nothing is drawn: the trainer is not running.";
  if (!state?.snapshot) return "The first drawings come when the model has started.";
  if (!isDrawing) return "It is learning to draw. The first drawings come when it can.";
  return state?.labels.n ? "It already draws images. It is learning your classes."
    : "It already draws images, but it knows no classes. Your first labels sort these into rows.";
}

/** Columns of each group so that the row is filled: the newest group takes what is left over. */
function shareOut(columns) {
  const each = Math.floor(ROW_TILES / columns.length);
  const widths = columns.map((most) => Math.min(most, each));
  const rest = ROW_TILES - widths.reduce((a, b) => a + b, 0);
  const last = columns.length - 1;
  widths[last] = Math.min(columns[last], widths[last] + rest);
  return widths;
}

/** Two canvases on each other: a new image fades in while the old one fades out. */
class Tile {
  constructor() {
    this.sides = [h("canvas"), h("canvas")];
    this.element = h("span.tl.two", {}, ...this.sides);
    this.shown = 0;
    this.name = null;
  }

  draw(name, pixels, shape) {
    if (name === this.name) return;
    const isFirst = this.name === null || prefersStill();
    this.name = name;
    this.shown = 1 - this.shown;
    paint(this.sides[this.shown], pixels, shape);
    this.element.classList.toggle("still", isFirst);
    this.sides.forEach((side, k) => side.classList.toggle("on", k === this.shown));
  }
}
