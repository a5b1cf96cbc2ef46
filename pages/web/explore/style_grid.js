/** Styles down, classes across: every class drawn in the style of some images (Kingma et al. 2014, figure 1). */

import { enable, glyph, h, icon, isEnabled, key, picture, show, write } from "../shared/dom.js";
import { paint } from "../shared/images.js";
import { Random } from "../shared/random.js";
import { SaveMenu } from "./save_menu.js";
import { tellsLittle, toldBy } from "./spaces.js";
import { N_SIDE, StyleSheet } from "./style_sheet.js";

const N_ROWS = 9;
const MOST_CLASSES = 10; // across; those with most labels
const N_FOUND = 12; // real images like the framed one
const TOO_EARLY = "The model has just begun to learn your labels. Every style is drawn as every class once it has taken its first steps.";
const NONE_YET = "The model has learned no classes yet. Label a few images: then every style is drawn as every class.";
/** @type {Record<string, [number, number]>} rows and columns */
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** @typedef {import("../shared/api.js").LookedClass} LookedClass */
/** @typedef {{example: number, image: ReturnType<typeof picture>, tiles: {element: HTMLElement, canvas: HTMLCanvasElement}[], row: HTMLElement, drawn: Uint8Array | null}} Row */

/**
 * @typedef {object} Acts
 * @property {(cls: number, of: number) => void} frame an example's style as a class
 * @property {() => void} tell the link what is shown
 */

export class StyleGrid {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   * @param {Acts} acts
   */
  constructor(panel, shared, acts) {
    this.shared = shared;
    this.acts = acts;
    this.anew = h("button.btn.small.gh", { "data-testid": "new-styles", onclick: () => this.sow() }, icon("shuffle"), "New styles", key("S"));
    this.sheet = new StyleSheet(shared);
    this.sheetButton = h("button.btn.small.gh", { "data-testid": "to-sheet", "aria-pressed": "false",
      onclick: () => isEnabled(this.sheetButton) && this.#turn() }, icon("grid_on"), "Sheet");
    const save = new SaveMenu({ make: () => this.#shown(), say: (text) => shared.client.say(text, "bad"), isFilm: false });
    this.head = h("div.row.style-head");
    this.box = h("div.style-rows", { role: "grid", tabindex: "0", "aria-label": "Every style as every class", "data-testid": "style-rows" });
    this.words = h("span.s", { "data-testid": "framed" });
    this.find = h("button.btn.small", { "data-testid": "find-real", onclick: () => this.findReal() }, "Find real images like it", key("↵"));
    this.none = h("div.nothing.s", { "data-testid": "no-styles" });
    this.body = h("div.style-body", {}, this.alike, this.head, this.box, this.sheet.element, h("div.row.foot", {}, this.words, h("span.sp"), this.find));
    panel.append(h("div.h", {}, "Same style, every class", h("span.sp"), save.element, this.sheetButton, this.anew), this.body, this.none);
    this.box.addEventListener("keydown", (event) => this.#walk(event));
  }

  shared;
  acts;
  anew;
  sheet;
  sheetButton;
  hasSheet = false; // on screen
  alike = h("div.s.alike", { "data-testid": "styles-alike" });
  head;
  box;
  words;
  find;
  none;
  body;
  /** @type {LookedClass[]} */
  classes = [];
  /** @type {Row[]} */
  rows = [];
  /** @type {[row: number, column: number]} */
  framed = [0, 0];
  #drawing = 0; // counts the drawings of all tiles: a newer one ends an older
  #seen = ""; // what they were drawn of

  get state() {
    return { row: this.framed[0] || undefined, column: this.framed[1] || undefined };
  }

  /** @param {Record<string, any>} state */
  restore({ row, column }) {
    const within = (/** @type {any} */ n, /** @type {number} */ most) => (Number.isInteger(n) && n >= 0 && n < most ? n : 0);
    this.framed = [within(row, N_ROWS), within(column, MOST_CLASSES)];
  }

  /** Other examples give their styles. */
  sow() {
    const { link } = this.shared;
    link.sow(link.seed + 1);
    this.framed = [0, this.framed[1]];
    this.rows = [];
    this.renew();
  }

  /** Model, codes or classes are others. */
  renew() {
    const { decoder, codes, client } = this.shared;
    const can = decoder.ready && decoder.space("style") !== null && codes.has("style") && client.guesses !== null;
    show(this.body, can);
    show(this.none, !can);
    write(this.none, decoder.space("style") ? "The styles of all images are being read."
      : client.labelOverlay.labelled ? TOO_EARLY : NONE_YET);
    if (!can) return;
    const information = codes.information("style");
    show(this.alike, tellsLittle(information));
    write(this.alike, `A style tells ${toldBy(information)?.toFixed(1)} nats so far: rows look alike until the model has learned on.`);
    this.#showSheet();
    this.#choose();
    const seen = JSON.stringify([decoder.about?.version, this.rows.map(({ example }) => example), this.classes.map(({ id, glyph: sign, look }) => [id, sign, look])]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#draw();
    this.#frame(false);
  }

  /** The sheet in place of the grid, or the grid again. */
  #turn() {
    this.hasSheet = !this.hasSheet;
    this.#showSheet();
    this.#frame(false);
  }

  #showSheet() {
    const n = this.shared.codes.dim("style");
    enable(this.sheetButton, n === 2, n === 2 ? "What is drawn all over the two numbers of a style"
      : `A sheet needs a style of two numbers, this model's has ${n}. A session with latent_dim 2 has one`);
    this.hasSheet &&= n === 2;
    this.sheetButton.classList.toggle("on", this.hasSheet);
    this.sheetButton.setAttribute("aria-pressed", String(this.hasSheet));
    for (const part of [this.head, this.box]) show(part, !this.hasSheet);
    show(this.sheet.element, this.hasSheet);
  }

  /** What is on screen, to be saved. */
  #shown() {
    const rows = this.hasSheet ? this.sheet.drawn : this.rows.flatMap(({ drawn }) => (drawn ? [drawn] : []));
    if (!rows.length) return null;
    const pictures = new Uint8Array(rows.reduce((sum, row) => sum + row.length, 0));
    rows.reduce((at, row) => (pictures.set(row, at), at + row.length), 0);
    return { pictures, columns: this.hasSheet ? N_SIDE : this.classes.length, shape: this.shared.decoder.shape,
      name: this.hasSheet ? "sheet of styles" : "styles and classes" };
  }

  /** The picked example gives the first style. */
  pick() {
    const { client } = this.shared;
    if (client.focus === null || !this.rows.length) return;
    const own = this.rows.findIndex(({ example }) => example === client.focus);
    if (own < 0) this.rows = [];
    this.framed = [Math.max(own, 0), this.#columnOf(client.focus)];
    this.renew();
    this.#frame(true);
  }

  /** @param {number} example */
  #columnOf(example) {
    return Math.max(this.classes.findIndex(({ id }) => id === this.shared.codes.classOf(example)), 0);
  }

  #choose() {
    const { client } = this.shared;
    const classes = client.classes.filter(({ id }) => id >= 0);
    const known = [...classes].sort((a, b) => b.count - a.count).slice(0, MOST_CLASSES);
    const shown = classes.filter((cls) => known.includes(cls));
    const isSame = shown.map(({ id }) => id).join() === this.classes.map(({ id }) => id).join();
    this.classes = shown;
    if (isSame && this.rows.length) return;
    this.#build(this.#examples());
  }

  /** The picked example, and one of every class; beyond that any. */
  #examples() {
    const { client, codes, link } = this.shared;
    const random = new Random(link.seed);
    const order = random.some(Array.from({ length: Math.min(codes.n, 4000) }, () => random.below(codes.n)), 4000);
    const chosen = client.focus === null ? [] : [client.focus];
    const taken = new Set(chosen.map((example) => codes.classOf(example)));
    for (const example of order) {
      if (chosen.length === N_ROWS) break;
      const cls = codes.classOf(example);
      if (taken.has(cls) || chosen.includes(example)) continue;
      taken.add(cls);
      if (taken.size >= this.classes.length) taken.clear();
      chosen.push(example);
    }
    return chosen;
  }

  /** @param {number[]} examples */
  #build(examples) {
    this.rows = examples.map((example, r) => {
      const image = picture(".style-of");
      image.element.title = `The style of image ${example}`;
      image.element.addEventListener("click", () => this.shared.client.setFocus(example));
      const tiles = this.classes.map((_, c) => {
        const { element, canvas } = picture(".cell");
        element.setAttribute("role", "gridcell");
        element.dataset.testid = `cell-${r}-${c}`;
        element.addEventListener("click", () => this.#put(r, c));
        return { element, canvas };
      });
      return { example, image, tiles, drawn: null, row: h("div.row.style-row", { role: "row" }, image.element, ...tiles.map(({ element }) => element)) };
    });
    this.head.replaceChildren(h("span.s.style-of", {}, "style of"), ...this.classes.map((cls) => h("span.cell", {}, glyph(cls, "l"))));
    this.box.replaceChildren(...this.rows.map(({ row }) => row));
  }

  /** Row by row, a few a frame. */
  async #draw() {
    const { decoder, codes, images, client } = this.shared;
    const turn = ++this.#drawing;
    for (const { example, image } of this.rows) images.draw(image.canvas, example);
    const classes = Int32Array.from(this.classes, ({ id }) => Math.min(id, decoder.nClasses - 1));
    for (const [r, row] of this.rows.entries()) {
      const { example, tiles } = row;
      const z = repeated(codes.of("style", example), classes.length);
      const drawn = await decoder.decode("style", z, classes, `grid ${r}`);
      if (turn !== this.#drawing || client.state === null) return;
      row.drawn = drawn ?? row.drawn;
      const size = decoder.shape.reduce((whole, side) => whole * side, 1);
      if (drawn) tiles.forEach(({ canvas }, c) => paint(canvas, drawn.subarray(c * size, (c + 1) * size), decoder.shape));
      await new Promise(requestAnimationFrame);
    }
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  #put(row, column) {
    this.framed = [row, column];
    this.#frame(true);
  }

  /** @param {boolean} isTold whether the knobs turn this one from here on */
  #frame(isTold) {
    const [r, c] = [Math.min(this.framed[0], this.rows.length - 1), Math.min(this.framed[1], this.classes.length - 1)];
    if (r < 0 || c < 0) return;
    this.rows.forEach(({ tiles }, row) => tiles.forEach(({ element }, column) => {
      const isFramed = row === r && column === c;
      element.classList.toggle("f", isFramed);
      element.setAttribute("aria-selected", String(isFramed));
    }));
    const { client, codes } = this.shared;
    const { example } = this.rows[r];
    const [own, as] = [client.classOf(codes.classOf(example)), this.classes[c]];
    write(this.words, `Framed: a ${as.name} in the style of ${own ? `the ${own.name}` : "this image"}.`);
    if (this.hasSheet) this.sheet.draw(as.id);
    this.acts.frame(as.id, example);
    if (isTold) this.acts.tell();
  }

  /** Selects, on the map, the images of the framed class whose styles are nearest to the framed one. */
  findReal() {
    const { client, codes, map } = this.shared;
    const [r, c] = this.framed;
    const row = this.rows[r];
    if (!row || !this.classes[c]) return;
    const found = codes.nearestReals("style", codes.of("style", row.example), N_FOUND, this.classes[c].id);
    if (!found.length) return client.say(`No image is taken for a ${this.classes[c].name} yet.`);
    client.setSelection(found);
    map.redraw();
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const step = ARROWS[event.key];
    if (!step || !this.rows.length) return;
    event.preventDefault();
    event.stopPropagation();
    const [r, c] = this.framed;
    this.#put((r + step[0] + this.rows.length) % this.rows.length, (c + step[1] + this.classes.length) % this.classes.length);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const pressed = event.key.toLowerCase();
    if (event.repeat || event.shiftKey || !this.rows.length) return false;
    if (pressed === "s") return this.sow(), true;
    if (pressed === "enter") return this.findReal(), true;
    return false;
  }

  destroy() {
    this.sheet.destroy();
    this.#drawing += 1;
  }
}

/**
 * A row n times, one after the other.
 * @param {Float32Array} row
 * @param {number} n
 */
export function repeated(row, n) {
  const rows = new Float32Array(row.length * n);
  for (let k = 0; k < n; k++) rows.set(row, k * row.length);
  return rows;
}
