/** A film through codes: what each step is drawn from, the real images nearest to it, its classes and its place on the map. */

import { classShares, flips, largest, nearestCodes, placeOf } from "./neighbours.js";

const NEAREST = 20; // real images around a step that say its class

/** @typedef {[x: number, y: number]} Point */

/**
 * What a film is made of.
 *
 * @typedef {object} Made
 * @property {"code" | "style"} space
 * @property {Float32Array} steps n * dim, evenly along the way
 * @property {number} dim
 * @property {Float32Array} all the codes of all examples, in the same space
 * @property {Float32Array | null} xy of all examples on the map, n x 2
 * @property {{labelOf: (example: number) => number | null, guessOf: (example: number) => import("./neighbours.js").Guess | null}} client
 * @property {Point[]} [places] of the steps, where a hand drew them
 */

export class Film {
  /** @param {Made} made */
  constructor({ space, steps, dim, all, xy, client, places }) {
    this.space = space;
    this.dim = dim;
    this.steps = steps;
    this.n = steps.length / dim;
    const found = Array.from({ length: this.n }, (_, k) => nearestCodes(all, this.step(k), NEAREST));
    this.neighbours = found.map(({ examples }) => examples);
    this.shares = this.neighbours.map((examples) => classShares(examples, client));
    this.flips = flips(this.shares);
    this.places = places ?? (xy ? found.map((near) => placeOf(near, xy)) : []);
  }

  space;
  dim;
  n;
  steps;
  neighbours; // of each step, the nearest first
  shares; // of each step, by class id
  flips;
  places; // of each step on the map, in the world's units; none while there is no map

  /** @param {number} k */
  step(k) {
    return this.steps.subarray(k * this.dim, (k + 1) * this.dim);
  }

  /** @param {number} k */
  classAt(k) {
    return largest(this.shares[k]);
  }

  /**
   * The step at a share of the way.
   * @param {number} t from 0 to 1
   */
  at(t) {
    return Math.round(Math.min(1, Math.max(0, t)) * (this.n - 1));
  }

  /**
   * The real images nearest to a share of the way, the nearest first.
   * @param {number} t from 0 to 1
   */
  near(t) {
    return this.neighbours[this.at(t)];
  }

  /**
   * So many steps, evenly, the first and the last among them.
   * @param {number} most
   */
  some(most) {
    const n = Math.min(most, this.n);
    return Array.from({ length: n }, (_, k) => (n > 1 ? this.at(k / (n - 1)) : 0));
  }

  /**
   * The codes of some steps, one after the other.
   * @param {number[]} which
   */
  codesOf(which) {
    const out = new Float32Array(which.length * this.dim);
    which.forEach((k, place) => out.set(this.step(k), place * this.dim));
    return out;
  }

  /**
   * The classes worth a line: those that lead somewhere or come to a quarter, the one of the first step first.
   * @param {number} most
   */
  leading(most) {
    /** @type {Map<number, number>} */
    const highest = new Map();
    for (const shares of this.shares) for (const [cls, share] of shares) highest.set(cls, Math.max(share, highest.get(cls) ?? 0));
    const leads = new Set(this.shares.map(largest));
    const first = this.classAt(0);
    return [...highest].filter(([cls, share]) => leads.has(cls) || share >= 0.25)
      .sort(([a, p], [b, q]) => Number(b === first) - Number(a === first) || q - p).slice(0, most).map(([cls]) => cls);
  }
}

/**
 * The class that each step of a film is drawn as: that of its first end up to the flip towards the class of its last,
 * and this one from there on; of a film without ends what its nearest real images are.
 * @param {Film} film
 * @param {[first: number | null, last: number | null]} ends their classes
 */
export function drawnAs(film, [first, last]) {
  const flip = film.flips.find(({ to }) => to === last)?.at ?? 0.5;
  return Int32Array.from({ length: film.n }, (_, k) => (film.n > 1 && k / (film.n - 1) >= flip ? last : first) ?? film.classAt(k) ?? 0);
}
