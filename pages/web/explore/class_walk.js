/** From one class to another, by several pairs of images: each row has the image at which the guess flips in its middle. */

import { glyph, h, icon, key, picture } from "../shared/dom.js";
import { share } from "../shared/format.js";
import { paint } from "../shared/images.js";
import { Random } from "../shared/random.js";
import { membersOf, neighbouringPair } from "./class_members.js";
import { Film } from "./film.js";
import { FINE } from "./image_film.js";
import { at, between, bisect } from "./interpolation.js";
import { classShares, margin, nearestCodes } from "./neighbours.js";

const PAIRS = 5;
const TRIED = 25; // pairs: those whose ends are read as their classes are walked
const BESIDE = 4; // tiles on each side of the flip
const NEAREST = 20; // real images that say the class

/** @typedef {import("./explore_page.js").Shared} Shared */
/** @typedef {import("./decoder.js").Space} Space */
/** @typedef {import("./film_maker.js").FilmMaker} FilmMaker */

/**
 * @typedef {object} Walk
 * @property {[number, number]} pair examples
 * @property {number} at share of the way at which the guess flips
 * @property {Float32Array} tiles codes, the flip in their middle
 * @property {number[]} nearest to the code at the flip
 */

/** @implements {FilmMaker} */
export class ClassWalk {
  /**
   * @param {Shared} shared
   * @param {() => void} changed
   */
  constructor(shared, changed) {
    this.#shared = shared;
    this.#changed = changed;
    this.seed = shared.link.seed;
    this.#selects = ["from", "to"].map((name) => h("select", { "data-testid": `walk-${name}`, "aria-label": `Class ${name}`, onchange: () => this.#choose() }));
    this.#shown = [h("span.row"), h("span.row")];
    const menu = (/** @type {number} */ k) => h("label.sel", {}, this.#shown[k], icon("arrow_drop_down"), this.#selects[k]);
    this.element = h("div.row.film-controls", {}, menu(0), icon("arrow_forward"), menu(1), h("span.sp"),
      h("button.btn.gh.small", { "data-testid": "other-pairs", onclick: () => this.again() }, "Other pairs", key("S")));
    this.rows = h("div.walks", { "data-testid": "walks" });
    this.#stops = [shared.client.on("state", () => this.#fill())];
  }

  element;
  rows;
  why = "Choose two classes of which some images are labelled or surely guessed, and lie among their own.";
  seed;
  #shared;
  #changed;
  #selects;
  #shown;
  #stops;
  /** @type {[number | null, number | null]} */
  #classes = [null, null];
  /** @type {[number, number][]} */
  #pairs = []; // that stay while the model learns; none: the seed chooses
  /** @type {Walk[]} */
  #walks = [];
  #row = 0; // whose film is shown
  #seen = "";
  #drawing = 0;

  destroy() {
    for (const stop of this.#stops) stop();
  }

  /** @param {boolean} isShown */
  show(isShown) {
    if (isShown) this.#fill();
  }

  again() {
    this.seed = (this.seed + 1) % 100000;
    this.#row = 0;
    this.#pairs = [];
    this.#changed();
  }

  /** @param {Space} space */
  make(space) {
    this.#begin();
    const [from, to] = this.#classes;
    if (from === null || to === null || from === to) return null;
    const { codes, client, map } = this.#shared;
    this.#walks = this.#pairs.flatMap((pair) => this.#walk(space, pair, from, to));
    if (!this.#walks.length) this.#walks = this.#others(space, from, to);
    if (!this.#walks.length) return null;
    this.#pairs = this.#walks.map(({ pair }) => pair);
    this.#row = Math.min(this.#row, this.#walks.length - 1);
    this.#drawRows(space, from, to);
    const [a, b] = this.#walks[this.#row].pair;
    const steps = between(codes.of(space, a), codes.of(space, b), FINE, "line");
    return { film: new Film({ space, steps, dim: codes.dim(space), all: codes.all(space), xy: map.shown, client }),
      ends: /** @type {[number | null, number | null]} */ ([from, to]) };
  }

  /**
   * Walks by pairs that the seed chooses.
   * @param {Space} space
   * @param {number} from
   * @param {number} to
   */
  #others(space, from, to) {
    const members = membersOf(this.#shared.client, this.#shared.codes.n);
    const random = new Random(this.seed);
    const [first, second] = [from, to].map((cls) => random.some(members.get(cls) ?? [], TRIED));
    /** @type {Walk[]} */
    const walks = [];
    for (let k = 0; k < Math.min(first.length, second.length) && walks.length < PAIRS; k++)
      walks.push(...this.#walk(space, [first[k], second[k]], from, to));
    return walks;
  }

  /** The real images at the flips of all pairs. */
  atFlips() {
    return [...new Set(this.#walks.flatMap(({ nearest }) => nearest.slice(0, 4)))];
  }

  state() {
    const [from, to] = this.#classes;
    return { from, to, seed: this.seed, row: this.#row, pairs: this.#pairs.flat() };
  }

  /** @param {Record<string, any>} state */
  restore({ from, to, seed, row, pairs }) {
    if (Number.isInteger(from) && Number.isInteger(to)) this.#classes = [from, to];
    if (Number.isInteger(seed)) this.seed = seed;
    if (Array.isArray(pairs) && pairs.every((one) => Number.isInteger(one) && one >= 0))
      this.#pairs = Array.from({ length: Math.floor(pairs.length / 2) }, (_, k) => [pairs[2 * k], pairs[2 * k + 1]]);
    if (Number.isInteger(row) && row >= 0 && row < PAIRS) this.#row = row;
  }

  name() {
    const [from, to] = this.#classes.map((cls) => this.#shared.client.classOf(cls)?.name);
    return `${from} to ${to} pair ${this.#row + 1}`;
  }

  /**
   * @param {Space} space
   * @param {[number, number]} pair
   * @param {number} from
   * @param {number} to
   * @returns {Walk[]} none where the real images around one of the ends are not of its class
   */
  #walk(space, pair, from, to) {
    const { codes, client } = this.#shared;
    if (Math.max(...pair) >= codes.n) return [];
    const all = codes.all(space);
    const [a, b] = pair.map((example) => codes.of(space, example));
    const near = (/** @type {number} */ t) => nearestCodes(all, at(a, b, t, "line"), NEAREST).examples;
    const towards = (/** @type {number} */ t) => margin(classShares(near(t), client), to, from);
    if (towards(0) >= 0 || towards(1) <= 0) return [];
    const flip = bisect(towards, 0, 1, 7);
    const ways = [...Array.from({ length: BESIDE }, (_, k) => (flip * k) / BESIDE), flip,
      ...Array.from({ length: BESIDE }, (_, k) => flip + ((1 - flip) * (k + 1)) / BESIDE)];
    const tiles = new Float32Array(ways.length * a.length);
    ways.forEach((t, k) => tiles.set(at(a, b, t, "line"), k * a.length));
    return [{ pair, at: flip, tiles, nearest: [...near(flip)] }];
  }

  /**
   * All rows in one request: the app answers the newest alone.
   * @param {Space} space
   * @param {number} from
   * @param {number} to
   */
  async #drawRows(space, from, to) {
    const { decoder } = this.#shared;
    const drawing = (this.#drawing += 1);
    const each = 2 * BESIDE + 1;
    const dim = this.#walks[0].tiles.length / each;
    const codes = new Float32Array(this.#walks.length * each * dim);
    this.#walks.forEach(({ tiles }, k) => codes.set(tiles, k * tiles.length));
    const classes = Int32Array.from({ length: this.#walks.length * each }, (_, k) => (k % each <= BESIDE ? from : to));
    const pictures = await decoder.decode(space, codes, classes, "walks");
    if (!pictures || drawing !== this.#drawing) return;
    const size = pictures.length / classes.length;
    this.pictures = pictures;
    this.rows.replaceChildren(...this.#walks.map((walk, row) => this.#rowOf(walk, row, (k) => pictures.subarray((row * each + k) * size, (row * each + k + 1) * size))));
  }

  /** @type {Uint8Array | null} */
  pictures = null; // of all rows, for the sheet that is saved
  columns = 2 * BESIDE + 1;

  /**
   * @param {Walk} walk
   * @param {number} row
   * @param {(k: number) => Uint8Array} pixels
   */
  #rowOf({ pair, at: flip, nearest }, row, pixels) {
    const { images, decoder } = this.#shared;
    const real = (/** @type {number} */ example, /** @type {string} */ title) => {
      const tile = picture(".walk-real");
      images.draw(tile.canvas, example);
      tile.element.title = title;
      return tile.element;
    };
    const tiles = Array.from({ length: this.columns }, (_, k) => {
      const tile = picture(k === BESIDE ? ".walk-tile.flip" : ".walk-tile");
      paint(tile.canvas, pixels(k), decoder.shape);
      return tile.element;
    });
    const button = h("button.walk", { "data-testid": `walk-${row}`, "aria-pressed": String(row === this.#row), title: `From image ${pair[0]} to image ${pair[1]}`,
      onclick: () => this.#take(row) }, real(pair[0], `image ${pair[0]}`), ...tiles, real(pair[1], `image ${pair[1]}`),
    h("span.s", {}, `flips at ${share(flip)}`), real(nearest[0], "the real image nearest to the flip"));
    button.classList.toggle("on", row === this.#row);
    return button;
  }

  /** @param {number} row */
  #take(row) {
    this.#row = row;
    this.#changed();
  }

  #choose() {
    this.#classes = /** @type {[number, number]} */ (this.#selects.map((select) => Number(select.value)));
    this.#row = 0;
    this.#pairs = [];
    this.#fill();
    this.#changed();
  }

  /** Until somebody chooses: the two classes that lie nearest to each other on the map. */
  #begin() {
    const { client, codes, map } = this.#shared;
    if (this.#classes[0] !== null || !map.shown || !codes.n) return;
    const pair = neighbouringPair(membersOf(client, codes.n), map.shown);
    if (pair) this.#classes = [codes.classOf(pair[0]), codes.classOf(pair[1])];
    this.#fill();
  }

  #fill() {
    const { classes } = this.#shared.client;
    const seen = JSON.stringify([classes.map(({ id, name }) => [id, name]), this.#classes]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#selects.forEach((select, k) => {
      select.replaceChildren(...classes.map(({ id, name }) => h("option", { value: id }, name)));
      const cls = this.#shared.client.classOf(this.#classes[k]);
      if (cls) select.value = String(cls.id);
      this.#shown[k].replaceChildren(...(cls ? [glyph(cls), cls.name === cls.glyph ? "" : cls.name] : ["choose a class"]));
    });
  }
}
