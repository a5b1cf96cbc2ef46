// @ts-nocheck (its types are not written yet)
/** Follows the session's state: one long question after the other, for as long as the page is seen. */

import { Backoff, sleep } from "../shared/backoff.js";

const WAIT = 10; // s that the server may take until something changes
const BREATH = 30; // ms between two questions

export class StatePoller {
  /** onState({body, skew}) for every answer, onLost(error) when there is none. */
  constructor(api, { onState, onLost }) {
    Object.assign(this, { api, onState, onLost });
  }

  #version = null; // of the state we have; null asks for it at once
  #hidden = false;
  #wake = () => {};
  #held = null; // ends the question that the server holds now

  /** A hidden page asks nothing; it catches up when it is seen again. */
  setHidden(hidden) {
    this.#hidden = hidden;
    if (!hidden) this.#wake();
  }

  /**
   * Asks for the state at once, whatever its version: who asks is another now, or the trainer failed,
   * which the server starts for a page that opens.
   */
  askAnew() {
    this.#version = null;
    this.#held?.abort();
  }

  async run(signal) {
    const backoff = new Backoff();
    while (!signal.aborted) {
      // The first state is fetched even in a hidden tab: it is ready when the tab is opened.
      if (this.#hidden && this.#version !== null) await new Promise((wake) => (this.#wake = wake));
      if (await this.#ask(signal)) {
        backoff.succeeded();
        await sleep(BREATH);
      } else {
        await backoff.failed();
      }
    }
  }

  async #ask(signal) {
    const known = this.#version !== null;
    const query = known ? `?after=${encodeURIComponent(this.#version)}&wait=${WAIT}` : "?wait=0";
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
    if (!signal.aborted) this.onState(answer);
    return true;
  }
}
