/** Follows the session's state: one long question after the other, for as long as the page is seen. */

import { Backoff, sleep } from "../shared/backoff.js";

const WAIT = 10; // s that the server may take until something changes
const BREATH = 30; // ms between two questions

/** @typedef {{body: import("../shared/api.js").State, skew: number}} StateAnswer skew: the server's clock minus ours, s */

export class StatePoller {
  /**
   * @param {Pick<import("../shared/http.js").Http, "timed">} api of the session
   * @param {object} told
   * @param {(answer: StateAnswer) => void} told.onState called with every answer
   * @param {(error: unknown) => void} told.onLost called when there is none
   */
  constructor(api, { onState, onLost }) {
    this.api = api;
    this.onState = onState;
    this.onLost = onLost;
  }

  api;
  onState;
  onLost;
  /** @type {string | null} */
  #version = null; // of the state we have; null asks for it at once
  #hidden = false;
  #wake = () => {};
  /** @type {AbortController | null} */
  #held = null; // ends the question that the server holds now
  /** @type {(() => void)[]} */
  #toTell = []; // who waits for the next state

  /**
   * A hidden page asks nothing; it catches up when it is seen again.
   * @param {boolean} hidden
   */
  setHidden(hidden) {
    this.#hidden = hidden;
    if (!hidden) this.#wake();
  }

  /**
   * Asks for the state at once, whatever its version: who asks is another now, something was done that it is
   * to show, or the trainer failed, which the server starts for a page that opens.
   * @returns {Promise<void>} until a state was handed on that was asked for after this call
   */
  askAnew() {
    this.#version = null;
    this.#held?.abort();
    return new Promise((told) => this.#toTell.push(told));
  }

  /** @param {AbortSignal} signal ends the asking */
  async run(signal) {
    const backoff = new Backoff();
    while (!signal.aborted) {
      // The first state is fetched even in a hidden tab: it is ready when the tab is opened.
      if (this.#hidden && this.#version !== null) await /** @type {Promise<void>} */ (new Promise((wake) => (this.#wake = wake)));
      if (await this.#ask(signal)) {
        backoff.succeeded();
        await sleep(BREATH);
      } else {
        await backoff.failed();
      }
    }
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} whether there was an answer, or another question took its place
   */
  async #ask(signal) {
    const query = this.#version !== null ? `?after=${encodeURIComponent(this.#version)}&wait=${WAIT}` : "?wait=0";
    const held = (this.#held = new AbortController());
    let answer;
    try {
      answer = await this.api.timed(`state${query}`, { signal: AbortSignal.any([signal, held.signal]) });
      if (held.signal.aborted) return true;
    } catch (error) {
      if (held.signal.aborted && !signal.aborted) return true;
      this.#version = null; // the next answer must come at once: it tells that the server is back
      if (!signal.aborted) this.onLost(error);
      return false;
    }
    this.#version = answer.body.version;
    if (signal.aborted) return true;
    this.onState(answer);
    for (const told of this.#toTell.splice(0)) told();
    return true;
  }
}
