/** Reads the moments of a session, keeps what was read, and reads ahead. Touches no DOM. */

import { NOW } from "./moment_steps.js";

const KEPT = 120; // arrays of each kind: 22 MB of guesses about 60 000 images

/** @typedef {import("./moment_steps.js").Moment} Moment */
/** @typedef {import("./moment_steps.js").Listing} Listing */
/** @typedef {{best: Uint8Array, p: Uint8Array, labels: Uint8Array}} Guessed of each example its class, the probability in 255ths, its label */
/** @typedef {{against: string, title: string, classes: number[], counts: number[][], n: number, right: number}} Confused */

export class MomentLoader {
  /** @param {{get(path: string): Promise<any>, array(path: string): Promise<{buffer: ArrayBuffer}>}} api of the session */
  constructor(api) {
    this.#api = api;
  }

  #api;
  /** @type {Map<string, Promise<any>>} */
  #read = new Map();

  /** @returns {Promise<Listing>} */
  list() {
    this.forgetNow();
    return this.#api.get("moments");
  }

  /** What is shown now is another. */
  forgetNow() {
    for (const name of [...this.#read.keys()]) if (name.startsWith(`${NOW}/`)) this.#read.delete(name);
  }

  /** Labels of today are others, so what is held against them is. */
  forgetConfusion() {
    for (const name of [...this.#read.keys()]) if (name.includes("/confusion")) this.#read.delete(name);
  }

  /**
   * @param {Moment} moment
   * @returns {Promise<Guessed>}
   */
  guesses({ id }) {
    return this.#once(`${id}/guesses`, async (path) => {
      const { buffer } = await this.#api.array(path);
      const n = buffer.byteLength / 3;
      const plane = (/** @type {number} */ k) => new Uint8Array(buffer, k * n, n);
      return { best: plane(0), p: plane(1), labels: plane(2) };
    });
  }

  /**
   * n x 2; the same for all moments on the same map.
   * @param {Moment} moment
   * @returns {Promise<Float32Array>}
   */
  map({ id, map }) {
    return this.#once(`${id}/map`, async (path) => new Float32Array((await this.#api.array(path)).buffer), `map ${map}`);
  }

  /**
   * @param {Moment} moment
   * @returns {Promise<Uint8Array>}
   */
  drawings({ id }) {
    return this.#once(`${id}/drawings`, async (path) => new Uint8Array((await this.#api.array(path)).buffer));
  }

  /**
   * @param {Moment} moment
   * @param {string} against
   * @returns {Promise<Confused>}
   */
  confusion({ id }, against) {
    return this.#once(`${id}/confusion?against=${against}`, (path) => this.#api.get(path));
  }

  /**
   * What `read` gives, asked once; what failed is asked again.
   * @template Found
   * @param {string} path
   * @param {(path: string) => Promise<Found>} read
   * @param {string} name
   * @returns {Promise<Found>}
   */
  #once(path, read, name = path) {
    const here = this.#read.get(name);
    if (here) return here;
    const coming = read(`moments/${path}`);
    this.#read.set(name, coming);
    coming.catch(() => this.#read.delete(name));
    const [oldest] = this.#read.keys();
    if (this.#read.size > 4 * KEPT) this.#read.delete(oldest);
    return coming;
  }
}
