/** GET card of one example at a time; an older answer stays in sight until the new one has come. No DOM. */

import { HttpError } from "../shared/http.js";

/** @typedef {import("../shared/api.js").CardAnswer} CardAnswer */
/** @typedef {{card: CardAnswer | null, trouble: string}} Asked trouble: why there is no card, or "" */

const MOST_KEPT = 200; // answers of the trainer

export class CardReader {
  /** @param {Pick<import("../session/session_client.js").SessionClient, "api" | "guesses" | "state">} client */
  constructor(client) {
    this.client = client;
  }

  client;
  /** @type {Map<number, {card: CardAnswer, of: string}>} */
  #kept = new Map(); // by example; of: what it was asked of
  /** @type {Map<number, Promise<Asked>>} */
  #asked = new Map(); // by example: the question under way

  /** @param {number} example */
  peek(example) {
    return this.#kept.get(example)?.card ?? null;
  }

  /** @param {number} example */
  isFresh(example) {
    return this.#kept.get(example)?.of === this.#now;
  }

  /** The snapshot and what the trainer does: where either is another, so may the answer be. */
  get #now() {
    const { guesses, state } = this.client;
    return `${guesses?.rev} ${state?.trainer.state}`;
  }

  /**
   * Its card, or why there is none; a question that is under way is not put again.
   * @param {number} example
   * @returns {Promise<Asked>}
   */
  ask(example) {
    const underWay = this.#asked.get(example);
    if (underWay) return underWay;
    const asked = this.#ask(example).finally(() => this.#asked.delete(example));
    this.#asked.set(example, asked);
    return asked;
  }

  /**
   * @param {number} example
   * @returns {Promise<Asked>}
   */
  async #ask(example) {
    const of = this.#now;
    try {
      const card = await this.client.api.get(`card?example=${example}`);
      if (this.#kept.size > MOST_KEPT) this.#kept.clear();
      this.#kept.set(example, { card, of });
      return { card, trouble: "" };
    } catch (error) {
      const isSentence = error instanceof HttpError && error.isSentence;
      return { card: null, trouble: isSentence ? error.message : "The trainer does not answer now." };
    }
  }
}
