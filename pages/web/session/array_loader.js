/** Reads the large arrays of a session: one reading of a kind at a time, and what went wrong. */

import { HttpError } from "../shared/http.js";

/** @typedef {"map" | "labels" | "guesses"} ArrayName */
/** @typedef {{buffer: ArrayBuffer, version: string | null}} ArrayAnswer */

export class ArrayLoader {
  /**
   * @param {Pick<import("../shared/http.js").Http, "array">} api of the session
   * @param {AbortSignal} signal ends all reading
   * @param {() => void} onChange called whenever a reading begins or ends
   */
  constructor(api, signal, onChange) {
    this.api = api;
    this.signal = signal;
    this.onChange = onChange;
  }

  api;
  signal;
  onChange;
  /** @type {Record<ArrayName, string>} */
  failed = { map: "", labels: "", guesses: "" }; // why the last reading failed
  /** @type {Set<ArrayName>} */
  #reading = new Set();

  /** @param {ArrayName} name */
  isReading(name) {
    return this.#reading.has(name);
  }

  /**
   * Reads an array; a failed one is read with the next state.
   * @param {ArrayName} name
   * @param {(answer: ArrayAnswer) => void} take
   * @param {() => void} [takeNone] called where the server has none yet; otherwise that is a failure
   */
  async read(name, take, takeNone) {
    if (this.#reading.has(name)) return;
    this.#reading.add(name);
    this.onChange();
    try {
      const answer = await this.api.array(name, { signal: this.signal });
      this.failed[name] = "";
      take(answer);
    } catch (error) {
      if (takeNone && error instanceof HttpError && error.status === 409) takeNone();
      else if (!this.signal.aborted) this.failed[name] = /** @type {Error} */ (error).message;
    } finally {
      this.#reading.delete(name);
      this.onChange();
    }
  }
}
