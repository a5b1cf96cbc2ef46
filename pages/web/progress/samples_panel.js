/** "What the model draws": draws of every class, then and now; or each beside the nearest real image. */

import { glyph, h, key, show, write } from "../shared/dom.js";
import { paint } from "../shared/images.js";
import { prefersStill } from "../map/move_animation.js";
import { NearTexts } from "../texts/near_texts.js";
import { CANNOT, wordsFor } from "./samples_words.js";

/** @typedef {import("../shared/api.js").SampleGroup} SampleGroup */
/** @typedef {import("../shared/api.js").LookedClass} LookedClass */
/** @typedef {{group: SampleGroup, pixels: Uint8Array, nearest: Int32Array | null, error: string}} Beside */

const ROW_TILES = 9; // tiles of 28 px that fit beside the glyph
const FREE_TILES = 36; // before any label: 6 x 6
const PAIRS = 4; // drawings with the real image nearest to each, of a class
const AS_DRAWN = "Draws of each class, none chosen among more.";
const BESIDE = "Right of each drawing, the real image nearest to it.";

export class SamplesPanel {
  /**
   * @param {HTMLElement} panel
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("../shared/images.js").Images} parts.images
   */
  constructor(panel, { client, images }) {
    this.client = client;
    this.images = images;
    this.words = h("div.s.lead");
    this.near = new NearTexts(client, images);
    this.title = h("span", {}, "What the model draws");
    this.free = h("div.free");
    this.groups = h("div.row.titles.s");
    this.rows = h("div.rows");
    this.caption = h("div.s.caption", {});
    this.sorted = h("div.pad", {}, this.groups, this.rows, this.caption);
    this.compare = h("button.btn.gh.small", { "data-testid": "nearest-real", "aria-pressed": "false", title: "The real image nearest to each drawing",
      onclick: () => this.toggleReal() }, "Nearest real", key("⇧R"));
    panel.append(h("div.h", {}, this.title, h("span.sp"), this.compare), this.words, this.free, this.sorted, this.near.element);
    this.#stops = [client.on("state", () => this.#refresh()), client.on("labels", () => this.#updateRows())];
    this.update();
  }

  client;
  images;
  near;
  title;
  words;
  free; // before there are rows
  groups; // their titles
  rows;
  sorted;
  caption;
  compare;
  #stops;
  /** @type {Beside | null} */
  #beside = null; // drawings that stay on screen, and the example nearest to each
  /** @type {SampleGroup[]} */
  #plan = []; // groups on screen
  /** @type {Map<string, Uint8Array>} */
  #pixels = new Map(); // by id of the group
  /** @type {Set<string>} */
  #loading = new Set();
  /** @type {Map<string, Tile>} */
  #tiles = new Map(); // by "group class column"
  #built = "";

  destroy() {
    for (const stop of this.#stops) stop();
  }

  /** Fetches what the state names and is not here yet; draws when all of it has come. */
  async #refresh() {
    const { state } = this.client;
    if (!state) return;
    const wanted = state.samples ?? [];
    this.images.shape ??= state.data.shape;
    await Promise.all(wanted.map((group) => this.#load(group.id)));
    if (!this.#isAll(wanted)) return; // the last picture stays
    this.#plan = wanted;
    for (const id of this.#pixels.keys())
      if (!wanted.some((group) => group.id === id)) this.#pixels.delete(id);
    this.update();
  }

  /** @param {SampleGroup[]} groups */
  #isAll(groups) {
    return groups.every((group) => this.#pixels.has(group.id));
  }

  /** @param {string} id */
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

  /** The newest drawings beside the real images nearest to them, or again all drawings as they come. */
  async toggleReal() {
    const group = this.#plan.findLast((its) => its.by_class);
    const pixels = group && this.#pixels.get(group.id);
    const beside = this.#beside || !group || !pixels ? null : { group, pixels, nearest: null, error: "" };
    this.#beside = beside;
    this.update();
    if (!beside) return;
    try {
      const { buffer } = await this.client.api.array(`samples/${encodeURIComponent(beside.group.id)}/nearest`);
      Object.assign(beside, { nearest: new Int32Array(buffer) });
    } catch (error) {
      Object.assign(beside, { error: error instanceof Error ? error.message : String(error) });
    }
    if (this.#beside === beside) this.update();
  }

  update() {
    const byClass = this.#plan.filter((group) => group.by_class);
    const free = this.#plan.find((group) => !group.by_class);
    const isFree = !byClass.length;
    show(this.free, isFree);
    show(this.sorted, !isFree);
    const newest = byClass.at(-1) ?? free;
    const words = wordsFor(this.client.state, {
      any: Boolean(newest), byClass: !isFree, none: newest ? this.#isNone(newest) : false,
    });
    write(this.words, words);
    show(this.words, words !== "");
    const areTexts = Boolean(this.client.state?.data.are_texts);
    show(this.near.element, areTexts);
    if (areTexts) return this.#updateTexts(byClass.at(-1));
    if (isFree && free) this.#drawFree(free);
    show(this.compare, !isFree);
    this.compare.classList.toggle("on", Boolean(this.#beside));
    this.compare.setAttribute("aria-pressed", String(Boolean(this.#beside)));
    write(this.caption, this.#captionWords());
    if (!isFree && this.#beside) this.#drawBeside(this.#beside);
    else if (!isFree) this.#drawGroups(byClass);
  }

  /** @param {SampleGroup | undefined} group */
  #updateTexts(group) {
    write(this.title, "Nearest texts");
    for (const part of [this.words, this.free, this.sorted, this.compare]) show(part, false);
    this.near.update(group, "Label a few texts: then the real ones nearest to what the model draws of each class stand here.");
  }

  /**
   * Whether nothing of it is a picture, of the classes that have labels.
   * @param {SampleGroup} group
   */
  #isNone({ undrawn, columns, by_class: byClass }) {
    const labelled = byClass ? this.client.counts.filter((n) => n > 0).length : 1;
    return undrawn.length > 0 && undrawn.length >= labelled * columns;
  }

  /** @param {SampleGroup} group */
  #drawFree(group) {
    const n = Math.min(group.columns, FREE_TILES);
    this.#rebuild(`free ${n}`, () => {
      this.free.replaceChildren(...Array.from({ length: n }, (_, k) => this.#tile(`free ${k}`)));
    });
    for (let k = 0; k < n; k++) this.#paint(`free ${k}`, group, k);
  }

  /** @param {SampleGroup[]} groups */
  #drawGroups(groups) {
    const classes = this.#known();
    const widths = shareOut(groups.map((group) => group.columns));
    const name = JSON.stringify([groups.length, widths, classes.map(({ id, glyph, key, look }) => [id, glyph, key, look])]);
    this.#rebuild(name, () => this.#layOut(groups, widths));
    groups.forEach((group, g) => {
      write(this.groups.children[g], group.title);
      for (const cls of classes)
        for (let k = 0; k < widths[g]; k++)
          this.#paint(`${g} ${cls.id} ${k}`, group, cls.id * group.columns + k);
    });
    this.#updateRows();
  }

  #captionWords() {
    if (!this.#beside) return AS_DRAWN;
    const { nearest, error } = this.#beside;
    return error || (nearest ? BESIDE : "Looking for the real image nearest to each drawing …");
  }

  /** @param {Beside} beside */
  #drawBeside({ group, pixels, nearest }) {
    const n = Math.min(PAIRS, group.columns), classes = this.#known();
    const drawn = classes.filter(({ id }) => (id + 1) * group.columns * this.#size <= pixels.length);
    const name = JSON.stringify(["beside", group.id, n, drawn.map(({ id, glyph, key, look }) => [id, glyph, key, look])]);
    this.#rebuild(name, () => {
      const title = h("span.now");
      this.groups.replaceChildren(title);
      write(title, group.title);
      this.rows.replaceChildren(...drawn.map((cls) => this.#row(cls, Array(n).fill(2))));
    });
    for (const cls of drawn)
      for (let k = 0; k < n; k++) {
        const at = cls.id * group.columns + k;
        if (group.undrawn.includes(at)) {
          for (const side of [0, 1]) this.#tiles.get(`${k} ${cls.id} ${side}`)?.leaveBlank();
          continue;
        }
        this.#paintPixels(`${k} ${cls.id} 0`, `${group.id} ${at}`, pixels.subarray(at * this.#size, (at + 1) * this.#size));
        if (nearest) this.#paintExample(`${k} ${cls.id} 1`, nearest[at]);
      }
    this.#updateRows();
  }

  /**
   * @param {string} name of the tile
   * @param {number} example
   */
  #paintExample(name, example) {
    this.images.get(example).then((pixels) => this.#paintPixels(name, `real ${example}`, pixels), () => {});
  }

  /** Bytes of an image. */
  get #size() {
    const [height, width, channels] = this.images.shape ?? [0, 0, 0];
    return height * width * channels;
  }

  /** The classes that have an id already. */
  #known() {
    return this.client.classes.filter((cls) => cls.id >= 0);
  }

  /**
   * @param {string} name of what is to be there
   * @param {() => void} build
   */
  #rebuild(name, build) {
    if (name === this.#built) return;
    this.#built = name;
    this.#tiles.clear();
    build();
  }

  /**
   * @param {SampleGroup[]} groups
   * @param {number[]} widths of each, in tiles
   */
  #layOut(groups, widths) {
    this.groups.replaceChildren(...groups.map((_, g) => {
      const title = h(g === groups.length - 1 ? "span.now" : "span");
      title.style.width = `calc(${widths[g]} * var(--sample) + ${2 * (widths[g] - 1)}px)`;
      return title;
    }));
    this.rows.replaceChildren(...this.#known().map((cls) => this.#row(cls, widths)));
  }

  /**
   * @param {LookedClass} cls
   * @param {number[]} widths
   */
  #row(cls, widths) {
    const groups = widths.map((width, g) => h("span.tiles", {},
      ...Array.from({ length: width }, (_, k) => this.#tile(`${g} ${cls.id} ${k}`))));
    const none = h("span.s.none", {}, "no label yet");
    const cannot = h("span.s.cannot", {}, CANNOT);
    const row = h("div.sample-row", { "data-testid": `samples-${cls.key || `id-${cls.id}`}` }, glyph(cls), ...groups, none, cannot);
    row.dataset.cls = String(cls.id);
    return row;
  }

  /** A class without a label shows words: whatever the model drew there would be noise. So does one whose drawings are. */
  #updateRows() {
    const newest = this.#plan.filter((group) => group.by_class).at(-1);
    const isOfKinds = this.client.labelOverlay.labelled === 0; // found without a label: no row is a class yet
    for (const row of /** @type {HTMLCollectionOf<HTMLElement>} */ (this.rows.children)) {
      const cls = Number(row.dataset.cls);
      const isWithout = this.client.counts[cls] === 0 && !isOfKinds;
      row.classList.toggle("kind", isOfKinds);
      row.classList.toggle("without", isWithout);
      row.classList.toggle("undrawn", !isWithout && Boolean(newest) && isUndrawn(/** @type {SampleGroup} */ (newest), cls));
    }
  }

  /** @param {string} name */
  #tile(name) {
    const tile = new Tile();
    this.#tiles.set(name, tile);
    return tile.element;
  }

  /**
   * @param {string} name of the tile
   * @param {SampleGroup} group
   * @param {number} index of the image in it
   */
  #paint(name, { id, undrawn }, index) {
    if (undrawn.includes(index)) return this.#tiles.get(name)?.leaveBlank();
    const pixels = this.#pixels.get(id)?.subarray(index * this.#size, (index + 1) * this.#size);
    if (pixels) this.#paintPixels(name, `${id} ${index}`, pixels);
  }

  /**
   * @param {string} name of the tile
   * @param {string} image what it shows
   * @param {Uint8Array} pixels
   */
  #paintPixels(name, image, pixels) {
    const { shape } = this.images;
    if (shape && pixels.length === this.#size) this.#tiles.get(name)?.draw(image, pixels, shape);
  }
}

/**
 * Columns of each group so that the row is filled: the newest group takes what is left over.
 * @param {number[]} columns that each group has
 */
export function shareOut(columns) {
  const each = Math.floor(ROW_TILES / columns.length);
  const widths = columns.map((most) => Math.min(most, each));
  const rest = ROW_TILES - widths.reduce((a, b) => a + b, 0);
  const last = columns.length - 1;
  widths[last] = Math.min(columns[last], widths[last] + rest);
  return widths;
}

/**
 * Whether none of a class's drawings is a picture.
 * @param {SampleGroup} group
 * @param {number} cls
 */
export function isUndrawn({ undrawn, columns }, cls) {
  return undrawn.filter((place) => Math.floor(place / columns) === cls).length === columns;
}

/** Two canvases on each other: a new image fades in while the old one fades out. */
class Tile {
  constructor() {
    this.sides = [h("canvas"), h("canvas")];
    this.element = h("span.tl.two", {}, ...this.sides);
  }

  sides;
  element;
  shown = 0; // which of the sides
  /** @type {string | null} */
  name = null; // of the image

  /**
   * @param {string} name
   * @param {Uint8Array} pixels
   * @param {import("../shared/api.js").ImageShape} shape
   */
  draw(name, pixels, shape) {
    if (name === this.name) return;
    this.element.removeAttribute("title");
    const isFirst = this.name === null || prefersStill();
    this.name = name;
    this.shown = 1 - this.shown;
    paint(this.sides[this.shown], pixels, shape);
    this.element.classList.toggle("still", isFirst);
    this.sides.forEach((side, k) => side.classList.toggle("on", k === this.shown));
  }

  /** No picture: the ground of a tile, and why. */
  leaveBlank() {
    this.name = null;
    this.element.title = CANNOT;
    for (const side of this.sides) side.classList.remove("on");
  }
}
