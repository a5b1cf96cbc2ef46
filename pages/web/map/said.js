/** What is said of the examples on the map: at present, or at another time that is shown instead. No DOM. */

import { NONE, STATES, isClass } from "../session/label_overlay.js";

/** @typedef {{guesses: {best: Uint8Array, p: Uint8Array}, labels: Uint8Array, xy: Float32Array}} Past */

export class Said {
  /** @param {Pick<import("../session/session_client.js").SessionClient, "classes" | "guesses" | "labels" | "selection" | "solo" | "labelOverlay">} client */
  constructor(client) {
    this.#client = client;
  }

  #client;
  /** @type {Past | null} */
  past = null; // what is shown of another time, instead of what is known now
  /** @type {number[]} */
  marked = []; // examples that have a mark: all with a label that is not skipped
  #countOf = -1; // examples of the past that have a class, -1 until they are counted

  get classes() {
    return this.#client.classes;
  }

  get guesses() {
    return this.past ? this.past.guesses : this.#client.guesses;
  }

  get labels() {
    return this.past ? this.past.labels : this.#client.labels;
  }

  get selection() {
    return this.#client.selection;
  }

  get solo() {
    return this.#client.solo;
  }

  /** How many examples have a class by a label. */
  get labelled() {
    if (!this.past) return this.#client.labelOverlay.labelled;
    if (this.#countOf < 0) this.#countOf = this.past.labels.reduce((sum, value) => sum + Number(isClass(value)), 0);
    return this.#countOf;
  }

  /** @param {Past | null} past null for the present */
  show(past) {
    this.past = past;
    this.#countOf = -1;
    this.mark();
  }

  /** Sees again which examples have a mark. */
  mark() {
    this.marked = [];
    this.labels?.forEach((value, example) => value !== NONE && value !== STATES.skip && this.marked.push(example));
  }
}
