/**
 * The model's decoder: JavaScript here where it can run it fast enough, else the app's copy by HTTP.
 *
 * "code" is what alone decides how an image is drawn again, "style" the z that draws it with a class; in a
 * model with one z both are the same. It is read again when the model has learned on.
 */

import { Emitter } from "../shared/emitter.js";
import { HttpError } from "../shared/http.js";
import { OPERATIONS, runProgram } from "./decoder_ops.js";
import { toFloats, unpack } from "./packed.js";

const MOST_COST = 40e6; // multiplications for an image that are done here: some 40 ms
const EVERY = 1000; // ms, at least, between two readings while the model learns
const AGAIN = 3000; // ms after which it is asked again for what it does not have yet
const WAITS = "The decoder is being read.";

/** @typedef {"code" | "style"} Space */
/** @typedef {import("./decoder_ops.js").Program} Program */
/** @typedef {{space: Space, z: Float32Array, classes: Int32Array, resolve: (pixels: Uint8Array | null) => void}} Wish */

/**
 * @typedef {object} About what the server says of a decoder
 * @property {string} version
 * @property {string} frozen_version
 * @property {Partial<Record<Space, string>>} codes
 * @property {boolean} is_by_class
 * @property {string} drawn_by which M1 draws, in words; "" where the model does by itself
 * @property {number} n_classes
 * @property {import("../shared/api.js").ImageShape} shape
 * @property {Partial<Record<Space, any>>} programs
 * @property {number} n_frozen
 * @property {number} n_learned
 */

/** @extends {Emitter<{changed: undefined}>} */
export class Decoder extends Emitter {
  /** @param {import("../session/session_client.js").SessionClient} client */
  constructor(client) {
    super();
    this.client = client;
    this.#stop = client.on("state", () => this.#follow());
  }

  client;
  why = WAITS; // a sentence while it cannot draw
  /** @type {About | null} */
  about = null;
  /** @type {Partial<Record<Space, Program>>} */
  programs = {};
  #stop;
  #seen = ""; // the state that was last followed
  #isReading = false;
  #isOver = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #frozenVersion = "";
  #frozen = new Float32Array(0);

  get ready() {
    return this.about !== null && !this.why;
  }

  /** @returns {import("../shared/api.js").ImageShape} */
  get shape() {
    return this.about?.shape ?? [1, 1, 1];
  }

  get nClasses() {
    return this.about?.n_classes ?? 0;
  }

  /** Whether a code is drawn otherwise as another class. */
  get byClass() {
    return this.about?.is_by_class ?? false;
  }

  /** Whether it draws here, in the same frame. */
  get isLocal() {
    return Object.values(this.programs).every((program) => program.cost <= MOST_COST
      && program.operations.every(({ name }) => name in OPERATIONS));
  }

  /**
   * How many numbers a code or a style has; null where the model has learned none.
   * @param {Space} space
   * @returns {{dim: number} | null}
   */
  space(space) {
    return this.programs[space] ?? null;
  }

  /**
   * Pictures of rows of a space (n * dim) as these classes (n): n * H * W * C bytes, at once; null where it
   * does not draw here.
   * @param {Space} space
   * @param {Float32Array} z
   * @param {Int32Array} classes
   */
  decodeNow(space, z, classes) {
    const program = this.programs[space];
    if (!program || !this.ready || !this.isLocal) return null;
    return toBytes(runProgram(program, z, classes));
  }

  /**
   * The same; null where nothing draws them, or a newer wish of the same `slot` took the place of this one.
   * @param {Space} space
   * @param {Float32Array} z
   * @param {Int32Array} classes
   * @param {string} slot who asks: of each the newest wish counts
   * @returns {Promise<Uint8Array | null>}
   */
  async decode(space, z, classes, slot = "") {
    if (!this.ready || !this.programs[space]) return null;
    return this.decodeNow(space, z, classes) ?? this.#byServer({ space, z, classes }, slot);
  }

  /** @type {Map<string, Wish>} */
  #wishes = new Map(); // by slot, those that wait
  #isAsking = false;

  /**
   * @param {Omit<Wish, "resolve">} wish
   * @param {string} slot
   * @returns {Promise<Uint8Array | null>}
   */
  #byServer(wish, slot) {
    this.#wishes.get(slot)?.resolve(null);
    return new Promise((resolve) => {
      this.#wishes.set(slot, { ...wish, resolve });
      this.#ask();
    });
  }

  /** One request at a time: what came meanwhile is the next. */
  async #ask() {
    const [next] = this.#wishes;
    if (this.#isAsking || !next) return;
    const [slot, { space, z, classes, resolve }] = next;
    this.#wishes.delete(slot);
    this.#isAsking = true;
    try {
      const rows = Array.from(classes, (_, k) => Array.from(z.subarray(k * z.length / classes.length, (k + 1) * z.length / classes.length)));
      const buffer = await this.client.api.postForBytes("explore/decode", { space, z: rows, classes: Array.from(classes) });
      resolve(new Uint8Array(buffer));
    } catch {
      resolve(null); // the app is away, or the model is another one: both are told elsewhere
    } finally {
      this.#isAsking = false;
      this.#ask();
    }
  }

  /** The model may have learned on. */
  #follow() {
    const { state } = this.client;
    const seen = JSON.stringify([state?.snapshot?.rev, state?.trainer.step, state?.session.model, state?.trainer.state]);
    if (seen === this.#seen && this.ready) return;
    this.#seen = seen;
    this.#later(this.ready ? EVERY : 0);
  }

  /** @param {number} ms */
  #later(ms) {
    if (this.#isOver || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#read();
    }, ms);
  }

  async #read() {
    if (this.#isReading || this.#isOver) return;
    this.#isReading = true;
    try {
      const { buffer } = await this.client.api.array(`explore/decoder?frozen=${this.#frozenVersion}`);
      this.#take(buffer);
    } catch (error) {
      if (!this.#isOver && !this.about) this.#cannot(error);
      else if (error instanceof HttpError && error.status === 409) this.#cannot(error);
    } finally {
      this.#isReading = false;
      if (!this.ready) this.#later(AGAIN);
    }
  }

  /** @param {unknown} error */
  #cannot(error) {
    const why = error instanceof HttpError ? error.message : "The decoder could not be read. It is asked for again.";
    if (why === this.why && !this.about) return;
    this.why = why;
    this.about = null;
    this.programs = {};
    this.emit("changed");
  }

  /** @param {ArrayBuffer} buffer */
  #take(buffer) {
    const { about, halves } = unpack(buffer);
    if (about.version === this.about?.version && about.n_classes === this.about?.n_classes) return;
    const weights = toFloats(halves);
    if (about.n_frozen) this.#frozen = weights.subarray(0, about.n_frozen);
    this.#frozenVersion = about.frozen_version;
    const parts = { frozen: this.#frozen, learned: weights.subarray(about.n_frozen) };
    this.programs = readPrograms(about.programs, parts);
    this.about = about;
    this.why = "";
    this.emit("changed");
  }

  destroy() {
    this.#isOver = true;
    this.#stop();
    clearTimeout(this.#timer);
    this.forgetListeners();
  }
}

/**
 * Programs with the weights that they name.
 * @param {Record<string, any>} said
 * @param {{frozen: Float32Array, learned: Float32Array}} parts
 * @returns {Record<string, Program>}
 */
export function readPrograms(said, parts) {
  const weightsOf = (/** @type {["frozen" | "learned", number, number[]]} */ [part, start, shape]) =>
    parts[part].subarray(start, start + shape.reduce((size, side) => size * side, 1));
  return Object.fromEntries(Object.entries(said).map(([space, { dim, cost, operations }]) => [space, {
    dim, cost,
    operations: operations.map((/** @type {any} */ { name, sizes, weights }) => ({
      name, sizes, weights: weights.map(weightsOf), shapes: weights.map((/** @type {any[]} */ place) => place[2]) })),
  }]));
}

/** @param {Float32Array} drawn shares of white */
function toBytes(drawn) {
  const bytes = new Uint8Array(drawn.length);
  for (let k = 0; k < drawn.length; k++) bytes[k] = Math.min(Math.max(Math.round(drawn[k] * 255), 0), 255);
  return bytes;
}
