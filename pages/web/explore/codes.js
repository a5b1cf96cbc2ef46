/**
 * The codes of all examples, and what lives at a spot of the map.
 *
 * The map is not the code's own space: a spot has the mean of the codes of its ten nearest dots, the nearer
 * the more (of codes as wide as a pretrained M1's by far the nearest), and none where no dot is near.
 */

import { Emitter } from "../shared/emitter.js";
import { MapIndex } from "./map_index.js";
import { toFloats, unpack } from "./packed.js";

const EVERY = 5000; // ms, at least, between two readings of the same space
const SHARE = 20; // times as long as a reading took, until the next: the trainer has better to do
const SOFT = 0.02; // of the reach: nearer dots count no more
const WIDE = 100; // numbers of a code from which on the mean of ten images is a picture of none of them
const FALL = { narrow: 1, wide: 16 }; // the power of its distance by which a dot counts less

/** @typedef {import("./decoder.js").Space} Space */
/** @typedef {{version: string, dim: number, codes: Float32Array, information: Float32Array, spread: Float32Array, nextAt: number}} Table */

/**
 * @typedef {object} Spot
 * @property {Float32Array} code in the space "code"
 * @property {number} cls the likeliest class of the nearest examples
 * @property {[cls: number, share: number][]} classes of them, the likeliest first
 * @property {Float32Array} weights of the nearest, which sum to 1
 * @property {Int32Array} nearest examples
 * @property {number} distance of the nearest one, in widths of the map
 * @property {number} nearness 1 among dots, falling to 0 where no image lives
 * @property {boolean} isEmpty
 */

/** @extends {Emitter<{changed: undefined}>} */
export class Codes extends Emitter {
  /**
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("./decoder.js").Decoder} parts.decoder
   */
  constructor({ client, decoder }) {
    super();
    this.client = client;
    this.decoder = decoder;
    this.#stop = decoder.on("changed", () => this.load());
  }

  client;
  decoder;
  /** @type {Partial<Record<Space, Table>>} */
  #tables = {};
  #stop;
  #isReading = false;
  #isOver = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {MapIndex | null} */
  #index = null;

  /** Examples; 0 until the codes are here. */
  get n() {
    const table = this.#tables.code;
    return table ? table.codes.length / table.dim : 0;
  }

  /** Whether a space's codes are here, as long as the decoder takes.
   * @param {Space} space
   */
  has(space) {
    return this.#tables[space] !== undefined && this.#tables[space]?.dim === this.decoder.space(space)?.dim;
  }

  /** @param {Space} space */
  dim(space) {
    return this.#table(space).dim;
  }

  /**
   * The code of one example.
   * @param {Space} space
   * @param {number} example
   */
  of(space, example) {
    const { codes, dim } = this.#table(space);
    return codes.slice(example * dim, (example + 1) * dim);
  }

  /**
   * The codes of all examples, n * dim.
   * @param {Space} space
   */
  all(space) {
    return this.#table(space).codes;
  }

  /**
   * Its label, else its guess, else the first class.
   * @param {number} example
   */
  classOf(example) {
    return this.client.labelOf(example) ?? this.client.guessOf(example)?.best ?? 0;
  }

  /**
   * Mean KL of each dimension in nats; empty where an encoder gives points.
   * @param {Space} space
   */
  information(space) {
    return this.#table(space).information;
  }

  /**
   * Standard deviation of each dimension over the examples.
   * @param {Space} space
   */
  spread(space) {
    return this.#table(space).spread;
  }

  /**
   * Dimensions, the most informative first.
   * @param {Space} space
   */
  order(space) {
    const { information, spread, dim } = this.#table(space);
    const by = information.length ? information : spread;
    return Int32Array.from({ length: dim }, (_, k) => k).sort((a, b) => by[b] - by[a]);
  }

  /**
   * The mean of some examples' codes.
   * @param {Space} space
   * @param {ArrayLike<number>} examples
   * @param {ArrayLike<number>} weights
   */
  mean(space, examples, weights) {
    const { codes, dim } = this.#table(space);
    const mean = new Float32Array(dim);
    for (let i = 0; i < examples.length; i++)
      for (let k = 0; k < dim; k++) mean[k] += weights[i] * codes[examples[i] * dim + k];
    return mean;
  }

  /**
   * What lives at a spot of the map, in the map's units; null until map and codes are here.
   * @param {number} x
   * @param {number} y
   * @param {Float32Array | null} shown the map on screen
   * @returns {Spot | null}
   */
  at(x, y, shown = this.client.xy) {
    if (!shown || !this.has("code") || shown.length !== 2 * this.n) return null;
    if (this.#index?.xy !== shown) this.#index = new MapIndex(shown);
    const { reach } = this.#index;
    const found = this.#index.nearest(x, y);
    const nearest = Int32Array.from(found, ({ example }) => example);
    const distances = found.map(({ distance: away }) => away / (reach + 1e-9) + SOFT);
    const weights = fallingOff(distances, this.dim("code") > WIDE ? FALL.wide : FALL.narrow);
    const classes = this.#classes(nearest, fallingOff(distances, FALL.narrow));
    const distance = found[0]?.distance ?? Infinity;
    const nearness = Math.min(Math.max(2 - distance / Math.max(reach, 1e-9), 0), 1);
    return { code: this.mean("code", nearest, weights), cls: classes[0][0], classes, weights, nearest, distance, nearness, isEmpty: nearness === 0 };
  }

  /**
   * @param {Int32Array} nearest
   * @param {Float32Array} weights
   * @returns {[cls: number, share: number][]}
   */
  #classes(nearest, weights) {
    /** @type {Map<number, number>} */
    const shares = new Map();
    nearest.forEach((example, i) => {
      const cls = this.classOf(example);
      shares.set(cls, (shares.get(cls) ?? 0) + weights[i]);
    });
    return [...shares].sort((a, b) => b[1] - a[1]);
  }

  /**
   * The examples whose codes are nearest to one, nearest first; of one class, or of all.
   * @param {Space} space
   * @param {Float32Array} code
   * @param {number} k
   * @param {number | null} cls
   */
  nearestReals(space, code, k, cls = null) {
    const { codes, dim } = this.#table(space);
    /** @type {{example: number, distance: number}[]} */
    const found = [];
    for (let example = 0; example < codes.length / dim; example++) {
      if (cls !== null && this.classOf(example) !== cls) continue;
      let distance = 0;
      for (let d = 0; d < dim; d++) distance += (codes[example * dim + d] - code[d]) ** 2;
      if (found.length === k && distance >= found[k - 1].distance) continue;
      let place = found.length < k ? found.push({ example, distance }) - 1 : k - 1;
      while (place > 0 && found[place - 1].distance > distance) {
        found[place] = found[place - 1];
        place -= 1;
      }
      found[place] = { example, distance };
    }
    return found.map(({ example }) => example);
  }

  /**
   * The example whose code is nearest.
   * @param {Space} space
   * @param {Float32Array} code
   */
  nearestReal(space, code) {
    return this.nearestReals(space, code, 1)[0] ?? 0;
  }

  /** Reads what is not here as the decoder has it now. */
  async load() {
    if (this.#isReading || this.#isOver || !this.decoder.about) return;
    this.#isReading = true;
    try {
      for (const space of /** @type {Space[]} */ (["code", "style"])) await this.#read(space);
    } catch {
      // Not known yet, or the app is away: the next change of the decoder asks again.
    } finally {
      this.#isReading = false;
    }
  }

  /** @param {Space} space */
  async #read(space) {
    const version = this.decoder.about?.codes[space];
    const here = this.#tables[space];
    if (!version || here?.version === version) return;
    const start = performance.now();
    const wait = (here?.nextAt ?? 0) - start;
    if (wait > 0 && here?.dim === this.decoder.space(space)?.dim) return this.#later(wait);
    const shared = this.#tables.code;
    if (space === "style" && shared && shared.version === version) this.#tables.style = shared;
    else {
      const { buffer } = await this.client.api.array(`explore/codes?space=${space}`);
      const { about, halves } = unpack(buffer);
      if (this.#isOver) return;
      this.#tables[space] = { version, dim: about.dim, codes: toFloats(halves),
        nextAt: start + Math.max(EVERY, SHARE * (performance.now() - start)),
        information: Float32Array.from(about.information), spread: Float32Array.from(about.spread) };
    }
    this.emit("changed");
  }

  /** @param {number} ms */
  #later(ms) {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.load();
    }, ms);
  }

  /**
   * @param {Space} space
   * @returns {Table}
   */
  #table(space) {
    const table = this.#tables[space];
    if (!table) throw new Error(`The codes of the space "${space}" are not here yet.`);
    return table;
  }

  destroy() {
    this.#isOver = true;
    this.#stop();
    clearTimeout(this.#timer);
    this.forgetListeners();
  }
}

/**
 * Weights that sum to 1, the smaller the distance the larger.
 * @param {number[]} distances
 * @param {number} power
 */
function fallingOff(distances, power) {
  const near = distances.map((distance) => distance ** -power);
  const whole = near.reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(near, (weight) => weight / whole);
}
