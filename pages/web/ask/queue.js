/**
 * What the acquisition strategy asks about, a page of tiles at a time. No DOM: queue_panel.js and
 * card.js show it.
 *
 * The page under the hands is never reshuffled. New suggestions replace only what was not shown
 * yet; they are asked for at each page and whenever fewer than 24 wait, so that typing never stalls,
 * and once more as a page ends, so that the next one is chosen by what this one has taught.
 */

import { Emitter } from "../shared/emitter.js";
import { store, stored } from "../shared/local_settings.js";
import { sleep } from "../shared/backoff.js";
import { HttpError } from "../shared/http.js";

const BATCH = 48;
const LOW = 24;
const LAST = 4; // images of a page: from then on the next page is chosen anew with every new guess
const SIZES = { grid: 12, card: 13, groups: 12, board: 12 }; // on a page
const LOW_SIZE = 9; // in a low window

/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */
/** @typedef {import("../shared/api.js").QueueAnswer} QueueAnswer */
/** @typedef {import("../shared/api.js").QueueItem} QueueItem */

/**
 * In which order is asked.
 * @typedef {object} Order
 * @property {string} strategy
 * @property {number} mix the share of random images, 0 to 1
 * @property {number | null} cls the id of the class that is asked about, where the strategy needs one
 */

/**
 * Emits "change" when the page, what waits or the answer is another.
 * @extends {Emitter<{change: undefined}>}
 */
export class Queue extends Emitter {
  /**
   * @param {object} parts
   * @param {SessionClient} parts.client
   * @param {Pick<import("./layout_modes.js").LayoutModes, "kind" | "on">} parts.layoutModes
   */
  constructor({ client, layoutModes }) {
    super();
    this.client = client;
    this.layoutModes = layoutModes;
    this.#stops = [
      client.on("state", () => this.#onState()), client.on("labels", () => this.emit("change")),
      layoutModes.on("view", () => this.#fit()),
    ];
    this.#query.addEventListener("change", this.#resized);
  }

  client;
  layoutModes;
  /** @type {Order} */
  order = stored("order", { strategy: "auto", mix: 0, cls: null }); // what the person chose
  /** @type {QueueAnswer | null} */
  answer = null; // the server's last
  /** @type {QueueItem[]} */
  page = []; // items on screen
  /** @type {QueueItem[]} */
  coming = []; // items not shown yet
  isWaiting = true; // the next page has not come yet
  #stops;
  /** @type {Set<number>} */
  #skipped = new Set(); // on this page: one that comes back later is asked again
  /** @type {Promise<void> | null} */
  #asking = null; // the question under way
  #askAgain = false;
  #isDry = false; // the server has nothing more to suggest
  /** @type {number | null} */
  #knew = null; // the last label that the guesses had seen when suggestions were asked for
  #query = matchMedia("(max-height: 799px)");
  #resized = () => this.#fit();

  destroy() {
    for (const stop of this.#stops) stop();
    this.#query.removeEventListener("change", this.#resized);
  }

  get size() {
    return this.layoutModes.kind === "grid" && this.#query.matches ? LOW_SIZE : SIZES[this.layoutModes.kind];
  }

  /**
   * The item of an example on this page, or undefined.
   * @param {number | null} example
   */
  itemOf(example) {
    return this.page.find((item) => item.example === example);
  }

  /**
   * Whether an example still waits for an answer: it has none, or was skipped before this page.
   * @param {number} example
   */
  isOpen(example) {
    const { client } = this;
    return client.isOpen(example) || (client.stateOf(example) === "skip" && !this.#skipped.has(example));
  }

  // -- what the hand does

  /** After a label: frames the next tile without one, or turns the page. */
  next() {
    const open = this.page.filter((item) => this.isOpen(item.example));
    if (!open.length) return this.#turn();
    const here = this.page.findIndex((item) => item.example === this.client.focus);
    const after = open.find((item) => this.page.indexOf(item) > here) ?? open[0];
    this.client.setFocus(after.example);
    const isEnding = open.length <= LAST && this.#known !== this.#knew;
    if (!this.#isDry && (isEnding || this.waiting().length < LOW)) this.#ask();
  }

  /** After a label elsewhere: goes on if the framed example is done with. */
  settle() {
    if (this.client.focus === null || !this.isOpen(this.client.focus)) this.next();
  }

  /**
   * To be called before examples are skipped: they are not asked about again on this page.
   * @param {number[]} examples
   */
  willSkip(examples) {
    for (const example of examples) this.#skipped.add(example);
  }

  /**
   * Moves the frame by columns and rows.
   * @param {number} dx
   * @param {number} dy
   */
  move(dx, dy) {
    const here = this.page.findIndex((item) => item.example === this.client.focus);
    const columns = this.layoutModes.kind === "card" || this.client.state?.data.are_texts ? 1 : 3;
    const to = here < 0 ? 0 : here + dx + columns * dy;
    if (this.page[to]) this.client.setFocus(this.page[to].example);
  }

  /**
   * Asks in another order; what is left out of it stays.
   * @param {Partial<Order>} order
   */
  choose(order) {
    this.order = { ...this.order, ...order };
    store("order", this.order);
    this.coming = [];
    this.#isDry = false;
    return this.#ask(true);
  }

  /** Everything that waits, page and all, still without an answer. */
  waiting() {
    return [...this.page, ...this.coming].filter((item) => this.isOpen(item.example));
  }

  /** The same after asking anew. */
  async fresh() {
    await this.choose({});
    return this.waiting();
  }

  // -- pages

  #turn() {
    this.#skipped.clear();
    const ready = this.coming.filter((item) => this.isOpen(item.example));
    this.page = ready.slice(0, this.size);
    this.coming = ready.slice(this.size);
    this.isWaiting = !this.page.length && !this.#isDry;
    this.client.setAsked(this.page.map((item) => item.example));
    this.client.setFocus(this.page[0]?.example ?? null);
    this.emit("change");
    this.#ask();
  }

  /** Another view or height shows another number of tiles: the rest waits, or comes up. */
  #fit() {
    const all = [...this.page, ...this.coming];
    this.page = all.slice(0, this.size);
    this.coming = all.slice(this.size);
    this.client.setAsked(this.page.map((item) => item.example));
    this.emit("change");
  }

  get #known() {
    return this.client.state?.snapshot?.label_seq ?? null;
  }

  /**
   * Asks for suggestions; `anew` also replaces the page, because the person chose another order.
   * @returns {Promise<void>}
   */
  #ask(anew = false) {
    if (this.#asking) this.#askAgain ||= anew;
    this.#asking ??= this.#askUntilDone(anew).finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** @param {boolean} anew */
  async #askUntilDone(anew) {
    do {
      this.#askAgain = false;
      try {
        this.#take(await this.#fetch(anew), anew);
      } catch (error) {
        this.#refuse(error);
        await sleep(1000); // the page stays; asked again with the next state or key
      }
      anew = true;
    } while (this.#askAgain);
  }

  /**
   * An order that this server does not know or cannot keep now gives way to the default.
   * @param {unknown} error
   */
  #refuse(error) {
    if (!(error instanceof HttpError && error.final) || this.order.strategy === "auto") return;
    this.client.say(error.message, "bad");
    this.order = { ...this.order, strategy: "auto" };
    this.#askAgain = true;
  }

  /**
   * @param {boolean} anew
   * @returns {Promise<QueueAnswer>}
   */
  async #fetch(anew) {
    const { client, order } = this;
    this.#knew = this.#known;
    const shown = anew ? [] : this.page.map((item) => item.example);
    const unsent = client.labelOverlay.pending.flatMap((op) => op.examples ?? []).slice(0, 200);
    const without = [...new Set([...shown, ...unsent])];
    const query = new URLSearchParams({ strategy: order.strategy, n: String(BATCH - shown.length) });
    if (without.length) query.set("without", without.join(","));
    if (order.mix) query.set("mix", String(order.mix));
    if (order.cls !== null) query.set("class", String(order.cls));
    return await client.api.get(`queue?${query}`);
  }

  /** Whether the chosen strategy asks about one class. */
  get needsClass() {
    return this.answer?.strategies.find((one) => one.name === this.order.strategy)?.needs_class ?? false;
  }

  /**
   * @param {QueueAnswer} answer
   * @param {boolean} anew
   */
  #take(answer, anew) {
    const shown = new Set(anew ? [] : this.page.map((item) => item.example));
    this.answer = answer;
    this.coming = answer.items.filter((item) => this.isOpen(item.example) && !shown.has(item.example));
    this.#isDry = this.coming.length === 0;
    if (anew || !this.page.some((item) => this.isOpen(item.example))) this.#open();
    else this.emit("change");
  }

  /** Shows what has come, without asking again at once. */
  #open() {
    const { client } = this;
    const wasFramed = client.focus === null || client.asked.includes(client.focus);
    this.#skipped.clear();
    this.page = this.coming.slice(0, this.size);
    this.coming = this.coming.slice(this.size);
    this.isWaiting = false;
    client.setAsked(this.page.map((item) => item.example));
    if (wasFramed) client.setFocus(this.page[0]?.example ?? null);
    this.emit("change");
  }

  #onState() {
    const { labels, labelOverlay, state } = this.client;
    if (!state || this.page.length || this.#asking) return;
    if (!labels || labelOverlay.labelled < state.data.n) this.#ask();
  }
}
