/** A film from one image to another, straight or along the great circle. */

import { h, icon } from "../shared/dom.js";
import { membersOf, neighbouringPair } from "./class_members.js";
import { Film } from "./film.js";
import { ImageSlot } from "./image_slot.js";
import { between, norm } from "./interpolation.js";
import { PickRow } from "./pick_row.js";
import { segments } from "./segments.js";

export const FINE = 41; // steps of a film; every fourth is a tile of eleven

/** @typedef {import("./explore_page.js").Shared} Shared */
/** @typedef {import("./decoder.js").Space} Space */
/** @typedef {import("./film_maker.js").FilmMaker} FilmMaker */

/** @implements {FilmMaker} */
export class ImageFilm {
  /**
   * @param {Shared} shared
   * @param {() => void} changed
   */
  constructor(shared, changed) {
    this.#shared = shared;
    this.#changed = changed;
    const slot = (/** @type {number} */ k, /** @type {string} */ name) =>
      new ImageSlot({ ...shared, name, press: () => this.#wait(this.#next === k ? null : k) });
    this.#slots = [slot(0, "From"), slot(1, "To")];
    this.#ways = segments("Way", [["line", "Straight line"], ["arc", "Great circle"]], (way) => this.#go(/** @type {"line" | "arc"} */ (way)));
    this.#picks = new PickRow({ ...shared, pick: (example) => this.#pick(example) });
    this.below = this.#picks.element;
    this.element = h("div.row.film-controls", {}, this.#slots[0].element, icon("arrow_forward"), this.#slots[1].element,
      h("button.btn.gh.small", { "data-testid": "swap", title: "Turn the film around (X)", onclick: () => this.swap() }, icon("swap_horiz"), "Swap"),
      h("button.btn.gh.small", { "data-testid": "from-selection", title: "The two most different images of what is selected on the map",
        onclick: () => this.#fromSelection() }, "From the selection"), h("span.sp"), this.#ways.element);
    this.#stops = [shared.client.on("focus", () => this.#takeFocus())];
  }

  element;
  below;
  why = "Pick two images: click one on the map, then another.";
  #shared;
  #changed;
  #slots;
  #ways;
  #picks;
  #stops;
  /** @type {(number | null)[]} */
  #ends = [null, null]; // examples
  /** @type {number | null} */
  #next = null; // the slot that waits for an image
  /** @type {"line" | "arc"} */
  #way = "line";
  #isShown = false;

  destroy() {
    for (const stop of this.#stops) stop();
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.#isShown = isShown;
    if (isShown) this.#picks.fill();
  }

  again() {
    this.#picks.again();
  }

  swap() {
    this.#ends.reverse();
    this.#update();
  }

  /** @param {Space} space */
  make(space) {
    this.#begin();
    this.#picks.fill();
    const { codes, client } = this.#shared;
    const [a, b] = this.#ends;
    this.#showSlots();
    if (a === null || b === null) return null;
    const middle = middleOf(codes.all(space), codes.dim(space));
    const steps = between(codes.of(space, a), codes.of(space, b), FINE, this.#way, middle);
    const film = new Film({ space, steps, dim: codes.dim(space), all: codes.all(space), xy: this.#shared.map.shown, client });
    return { film, ends: /** @type {[number | null, number | null]} */ ([codes.classOf(a), codes.classOf(b)]) };
  }

  state() {
    const [a, b] = this.#ends;
    return { a, b, way: this.#way };
  }

  /** @param {Record<string, any>} state */
  restore({ a, b, way }) {
    const isExample = (/** @type {unknown} */ one) => Number.isInteger(one) && Number(one) >= 0;
    if (isExample(a) && isExample(b)) this.#ends = [a, b];
    if (way === "line" || way === "arc") this.#way = way;
    this.#ways.show(this.#way);
  }

  name() {
    return `image ${this.#ends[0]} to ${this.#ends[1]} ${this.#way}`;
  }

  /** Until somebody picks: from one class to the one beside it, which shows most. */
  #begin() {
    const { client, codes, map } = this.#shared;
    if (this.#ends.some((example) => example !== null && example >= codes.n)) this.#ends = [null, null]; // a link of other images
    if (this.#ends[0] !== null || !map.shown || !codes.n) return;
    const pair = neighbouringPair(membersOf(client, codes.n), map.shown);
    this.#ends = pair ?? [0, Math.floor(codes.n / 2)];
  }

  /** @param {number | null} k */
  #wait(k) {
    this.#next = k;
    this.#showSlots();
  }

  #showSlots() {
    this.#slots.forEach((slot, k) => slot.show(this.#ends[k], this.#next === k));
  }

  #takeFocus() {
    const { focus } = this.#shared.client;
    if (this.#isShown && focus !== null && this.#next !== null) this.#pick(focus);
  }

  /** @param {number} example */
  #pick(example) {
    const k = this.#next ?? 1;
    this.#ends[k] = example;
    this.#next = this.#next === null ? null : k === 0 ? 1 : null;
    this.#update();
  }

  /** @param {"line" | "arc"} way */
  #go(way) {
    this.#way = way;
    this.#changed();
  }

  #update() {
    this.#showSlots();
    this.#changed();
  }

  #fromSelection() {
    const { client, codes } = this.#shared;
    const chosen = [...client.selection].slice(0, 300);
    if (chosen.length < 2) return client.say("Select two images or more on the map first: draw a lasso around them.");
    this.#ends = furthest(chosen.map((example) => ({ example, code: codes.of("code", example) })));
    this.#update();
  }
}

/**
 * @param {{example: number, code: Float32Array}[]} chosen two at least
 * @returns {[number, number]}
 */
export function furthest(chosen) {
  /** @type {[number, number]} */
  let found = [chosen[0].example, chosen[1].example];
  let most = -1;
  chosen.forEach((a, i) => chosen.slice(0, i).forEach((b) => {
    const away = norm(a.code.map((value, d) => value - b.code[d]));
    if (away > most) [most, found] = [away, [b.example, a.example]];
  }));
  return found;
}

/**
 * The mean of all codes.
 * @param {Float32Array} all n * dim
 * @param {number} dim
 */
function middleOf(all, dim) {
  const sum = new Float64Array(dim);
  for (let k = 0; k < all.length; k++) sum[k % dim] += all[k];
  return Float32Array.from(sum, (total) => total / (all.length / dim || 1));
}
