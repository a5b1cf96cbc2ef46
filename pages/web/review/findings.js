/**
 * What the server has found about the labels and the guesses: read when first wanted, and again when
 * labels or guesses have changed since, but not more often than a person can read.
 */

import { HttpError } from "../shared/http.js";

/**
 * @typedef {object} Answers
 * @property {import("../shared/api.js").AuditAnswer} audit
 * @property {import("../shared/api.js").MatrixAnswer} matrix
 * @property {import("../shared/api.js").CellAnswer} cell of the matrix
 * @property {import("../shared/api.js").DoubtsAnswer} doubts
 * @property {import("../shared/api.js").DisagreementsAnswer} disagreements
 * @property {import("../shared/api.js").GroupsAnswer} groups
 */

/** @typedef {keyof Answers} Name */

/**
 * @typedef {object} Found
 * @property {Answers[Name] | null} value the latest
 * @property {string} seen of what labels and guesses; "" to read it again
 * @property {number} at ms since 1970
 * @property {string} error why the last reading failed
 */

const AGAIN_AFTER = 1500; // ms between two readings of one finding

export class Findings {
  client;
  changed;

  /**
   * @param {import("../session/session_client.js").SessionClient} client
   * @param {Partial<Record<Name, string>>} paths of what is wanted from the start, with their queries
   * @param {(name: Name) => void} changed called after each reading
   */
  constructor(client, paths, changed) {
    this.client = client;
    this.changed = changed;
    this.#paths = { ...paths };
    this.#stop = client.on("state", () => this.#look());
  }

  /** @type {Partial<Record<Name, string>>} */
  #paths;
  #stop;
  /** @type {Map<Name, Found>} */
  #found = new Map();
  /** @type {Set<Name>} */
  #busy = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  destroy() {
    this.#stop();
    clearTimeout(this.#timer);
  }

  /**
   * The latest value, or null before the first.
   * @template {Name} Asked
   * @param {Asked} name
   */
  of(name) {
    return /** @type {Answers[Asked] | null} */ (this.#found.get(name)?.value ?? null);
  }

  /**
   * Why the last reading failed, in words; "" if it did not.
   * @param {Name} name
   */
  errorOf(name) {
    return this.#found.get(name)?.error ?? "";
  }

  /**
   * Reads from another path from now on, at once.
   * @param {Name} name
   * @param {string} path
   */
  ask(name, path) {
    this.#paths[name] = path;
    this.#found.delete(name);
    this.#read(name);
  }

  /**
   * Reads again now: something was done here that changes it.
   * @param {Name} name
   */
  renew(name) {
    const found = this.#found.get(name);
    if (found) found.seen = "";
    this.#look();
  }

  #look() {
    clearTimeout(this.#timer);
    let wait = Infinity;
    for (const name of /** @type {Name[]} */ (Object.keys(this.#paths))) {
      const found = this.#found.get(name);
      if (found?.seen === this.#now()) continue;
      const left = found ? found.at + AGAIN_AFTER - Date.now() : 0;
      if (left > 0) wait = Math.min(wait, left);
      else this.#read(name);
    }
    if (wait < Infinity) this.#timer = setTimeout(() => this.#look(), wait);
  }

  #now() {
    const { state } = this.client;
    return state ? `${state.labels.seq} ${state.snapshot?.rev ?? ""}` : "";
  }

  /**
   * @param {Name} name
   * @returns {Promise<void>}
   */
  async #read(name) {
    const path = this.#paths[name];
    if (path === undefined || this.#busy.has(name) || !this.client.state) return;
    this.#busy.add(name);
    const seen = this.#now();
    /** @type {Found} */
    const found = { value: this.of(name), seen, at: Date.now(), error: "" };
    try {
      found.value = await this.client.api.get(path, { timeout: 60000 });
    } catch (error) {
      found.error = error instanceof HttpError && error.isSentence ? error.message : "The server did not answer. It is asked again.";
    }
    this.#busy.delete(name);
    if (path !== this.#paths[name]) return this.#read(name); // another was asked for meanwhile
    this.#found.set(name, found);
    this.changed(name);
    this.#look();
  }
}
