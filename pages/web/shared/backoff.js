/** Waiting between tries: short at first, longer while nothing helps. */

const FIRST_WAIT = 250; // ms before the second try, doubled up to
const LONGEST_WAIT = 2000;

/** @param {number} ms */
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export class Backoff {
  /**
   * Waits 250 ms, 500 ms, ... up to 2 s, and from the start again after succeeded().
   * @param {(ms: number) => Promise<unknown>} wait
   */
  constructor(wait = sleep) {
    this.#wait = wait;
  }

  #wait;
  #next = FIRST_WAIT;

  /** To be called when a try has succeeded. */
  succeeded() {
    this.#next = FIRST_WAIT;
  }

  /** Waits before the next try, after one that failed. */
  async failed() {
    const ms = this.#next;
    this.#next = Math.min(ms * 2, LONGEST_WAIT);
    await this.#wait(ms);
  }
}
