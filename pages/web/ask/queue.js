// @ts-nocheck (its types are not written yet)
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

const BATCH = 48;
const LOW = 24;
const LAST = 4; // images of a page: from then on the next page is chosen anew with every new guess
const SIZES = { grid: 12, card: 13, board: 12 }; // on a page
const LOW_SIZE = 9; // in a low window

/** Emits "change" when the page, what waits or the answer is another. */
export class Queue extends Emitter {
  constructor({ client, layoutModes }) {
    super();
    Object.assign(this, { client, layoutModes });
    this.order = stored("order", { strategy: "auto", mix: 0, cls: null }); // what the person chose
    this.answer = null; // the server's last: {strategy, title, strategies}
    this.page = []; // items on screen: {example, why}
    this.coming = []; // items not shown yet
    this.isWaiting = true; // the next page has not come yet
    this.#stops = [
      client.on("state", () => this.#onState()), client.on("labels", () => this.emit("change")),
      layoutModes.on("view", () => this.#fit()),
    ];
    this.#query.addEventListener("change", this.#resized);
  }

  #stops;
  #skipped = new Set(); // on this page: one that comes back later is asked again
  #asking = null; // the question under way
  #askAgain = false;
  #isDry = false; // the server has nothing more to suggest
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

  /** The item of an example on this page, or undefined. */
  itemOf(example) {
    return this.page.find((item) => item.example === example);
  }

  /** Whether an example still waits for an answer: it has none, or was skipped before this page. */
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

  /** To be called before an example is skipped: it is not asked about again on this page. */
  willSkip(examples) {
    for (const example of examples) this.#skipped.add(example);
  }

  /** Moves the frame by columns and rows. */
  move(dx, dy) {
    const here = this.page.findIndex((item) => item.example === this.client.focus);
    const columns = this.layoutModes.kind === "card" ? 1 : 3;
    const to = here < 0 ? 0 : here + dx + columns * dy;
    if (this.page[to]) this.client.setFocus(this.page[to].example);
  }

  /** Asks in another order: {strategy, mix: 0 to 1, cls: class id or null}, or a part of it. */
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

  /** Asks for suggestions; `anew` also replaces the page, because the person chose another order. */
  #ask(anew = false) {
    if (this.#asking) this.#askAgain ||= anew;
    this.#asking ??= this.#askUntilDone(anew).finally(() => (this.#asking = null));
    return this.#asking;
  }

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

  /** An order that this server does not know or cannot keep now gives way to the default. */
  #refuse(error) {
    if (!error.final || this.order.strategy === "auto") return;
    this.client.say(error.message, "bad");
    this.order = { ...this.order, strategy: "auto" };
    this.#askAgain = true;
  }

  async #fetch(anew) {
    const { client, order } = this;
    this.#knew = this.#known;
    const shown = anew ? [] : this.page.map((item) => item.example);
    const unsent = client.labelOverlay.pending.flatMap((op) => op.examples ?? []).slice(0, 200);
    const without = [...new Set([...shown, ...unsent])];
    const query = new URLSearchParams({ strategy: order.strategy, n: BATCH - shown.length });
    if (without.length) query.set("without", without.join(","));
    if (order.mix) query.set("mix", order.mix);
    if (order.cls !== null) query.set("class", order.cls);
    return await client.api.get(`queue?${query}`);
  }

  /** Whether the chosen strategy asks about one class. */
  get needsClass() {
    return this.answer?.strategies.find((one) => one.name === this.order.strategy)?.needs_class ?? false;
  }

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
    const wasFramed = client.asked.includes(client.focus) || client.focus === null;
    this.#skipped.clear();
    this.page = this.coming.slice(0, this.size);
    this.coming = this.coming.slice(this.size);
    this.isWaiting = false;
    client.setAsked(this.page.map((item) => item.example));
    if (wasFramed) client.setFocus(this.page[0]?.example ?? null);
    this.emit("change");
  }

  #onState() {
    if (this.page.length || this.#asking) return;
    if (!this.client.labels || this.client.labelOverlay.labelled < this.client.state.data.n) this.#ask();
  }
}
