/**
 * Many images at once, 48 a page: of the queue, of a selection, or of a pile. No DOM.
 *
 * A *sweep* (queue, selection) is for "all of these are right except the ones I mark": Enter gives
 * the rest their guesses, or all of them one class, as one step of undo for each class. A class key
 * is for the framed image and goes on to the next marked one, since what is wrong is seldom all the
 * same. On a pile the keys are for all that is marked, or the framed one.
 */

import { Emitter } from "../shared/emitter.js";
import { many } from "../shared/format.js";
import { byClass, guessedClasses } from "./guessed_classes.js";
import { examplesOf, pileOf } from "./piles.js";
import { nounOf } from "../texts/texts.js";

export const COLUMNS = 8;
const TEXT_COLUMNS = 2;
export const PAGE = 48;
const FEW = 24; // of the queue: then more are asked for

/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */
/** @typedef {import("../shared/api.js").SayingKind} SayingKind */
/** @typedef {import("./piles.js").PileName} PileName */

/**
 * What is shown.
 * @typedef {object} Source
 * @property {string} title
 * @property {number[]} examples
 * @property {number | null} [version] of the map on which a selection was made by places
 * @property {Set<number>} [selection] that it is
 */

/**
 * Emits "change".
 * @extends {Emitter<{change: undefined}>}
 */
export class Grid extends Emitter {
  /**
   * @param {object} parts
   * @param {SessionClient} parts.client
   * @param {Pick<import("./queue.js").Queue, "waiting" | "fresh" | "itemOf" | "next" | "willSkip">} parts.queue
   * @param {Pick<import("./layout_modes.js").LayoutModes, "on" | "hasGrid" | "openGrid">} parts.layoutModes
   */
  constructor({ client, queue, layoutModes }) {
    super();
    this.client = client;
    this.queue = queue;
    this.layoutModes = layoutModes;
    this.#stops = [
      client.on("labels", () => this.#onLabels()), client.on("map", () => this.#onMap()),
      layoutModes.on("view", () => !layoutModes.hasGrid && this.#leave()),
    ];
  }

  client;
  queue;
  layoutModes;
  /** @type {(Source & ({kind: "queue" | "selection"} | {kind: "pile", pile: PileName})) | null} */
  source = null;
  at = 0; // where the page begins in the examples
  /** @type {Set<number>} */
  marked = new Set();
  /** @type {number | null} */
  given = null; // the class that Enter gives to the rest; null: each its own guess
  #stops;

  destroy() {
    for (const stop of this.#stops) stop();
  }

  get isOpen() {
    return this.source !== null;
  }

  get isSweep() {
    return this.source !== null && this.source.kind !== "pile";
  }

  get page() {
    return this.source?.examples.slice(this.at, this.at + PAGE) ?? [];
  }

  /** What Enter would label: unmarked, without an answer so far, and with something to be called. */
  get rest() {
    if (!this.isSweep) return [];
    return this.page.filter((example) => !this.marked.has(example) && this.client.isOpen(example)
      && (this.given !== null || this.client.guessOf(example)));
  }

  // -- open and close

  /** The selection if there is one, otherwise what the queue asks; closes where that is open already. */
  toggle() {
    const { client, source } = this;
    const isHere = client.selection.size ? source?.selection === client.selection : this.isOpen;
    if (isHere) return this.close();
    if (client.selection.size) return this.#openSelection();
    const items = this.queue.waiting();
    this.#show({ kind: "queue", title: "Label next", examples: items.map((item) => item.example) });
    if (items.length < FEW) this.#renew();
  }

  #openSelection() {
    const { client } = this;
    const examples = [...client.selection];
    const sureness = (/** @type {number} */ example) => client.guesses?.p[example] ?? 0;
    examples.sort((a, b) => sureness(a) - sureness(b));
    const title = `${many(examples.length, nounOf(this.client))} selected`;
    this.#show({ kind: "selection", title, examples, version: client.selectedOn, selection: client.selection });
    this.given = guessedClasses(client, examples)[0] ?? null;
    this.emit("change");
  }

  /** @param {PileName} name */
  openPile(name) {
    const { title } = pileOf(name);
    this.#show({ kind: "pile", pile: name, title, examples: examplesOf(this.client, name) });
  }

  /** @param {NonNullable<Grid["source"]>} source */
  #show(source) {
    this.source = source;
    this.at = 0;
    this.given = null;
    this.marked = new Set();
    this.layoutModes.openGrid();
    this.#frame();
    this.emit("change");
  }

  close() {
    if (!this.isOpen) return;
    this.layoutModes.openGrid(false);
  }

  #leave() {
    if (!this.isOpen) return;
    this.source = null;
    this.marked = new Set();
    if (!this.queue.itemOf(this.client.focus)) this.queue.next();
    this.emit("change");
  }

  // -- the hand

  /** @param {number} example */
  mark(example) {
    if (!this.marked.delete(example)) this.marked.add(example);
    this.client.setFocus(example);
    this.emit("change");
  }

  markFramed() {
    const { focus } = this.client;
    if (focus !== null && this.page.includes(focus)) this.mark(focus);
  }

  /** Lets go of the marks; false if there are none. */
  unmark() {
    if (!this.marked.size) return false;
    this.marked.clear();
    this.emit("change");
    return true;
  }

  /**
   * Moves the frame by columns and rows.
   * @param {number} dx
   * @param {number} dy
   */
  move(dx, dy) {
    const { page } = this;
    const here = this.#framed;
    const columns = this.client.state?.data.are_texts ? TEXT_COLUMNS : COLUMNS;
    const to = here < 0 ? 0 : here + dx + columns * dy;
    if (page[to] !== undefined) this.client.setFocus(page[to]);
  }

  /** The place of the framed example on the page, or -1. */
  get #framed() {
    const { focus } = this.client;
    return focus === null ? -1 : this.page.indexOf(focus);
  }

  /**
   * Another page, by +1 or -1.
   * @param {number} step
   */
  turn(step) {
    const to = this.at + step * PAGE;
    if (!this.source || to < 0 || to >= this.source.examples.length) return;
    this.at = to;
    this.marked.clear();
    this.#frame();
    this.emit("change");
  }

  /**
   * What the rest is called: null, or the class with this id.
   * @param {number | null} cls
   */
  give(cls) {
    this.given = cls;
    this.emit("change");
  }

  /** What a class key or a state is for. */
  get meant() {
    const { page } = this;
    if (this.marked.size && !this.isSweep) return page.filter((example) => this.marked.has(example));
    const { focus } = this.client;
    return focus !== null && page.includes(focus) ? [focus] : [];
  }

  /**
   * Says something of the meant ones: kind as in SessionClient.give.
   * @param {SayingKind} kind
   * @param {number} [cls]
   */
  say(kind, cls) {
    const { meant } = this;
    if (!meant.length) return this.client.say("Nothing is framed: press an arrow key, or click an image.");
    if (kind === "skip") this.queue.willSkip(meant);
    for (const example of meant) this.marked.delete(example);
    this.client.give(kind, meant, this.source?.version, cls);
    this.#goOn();
  }

  /** Enter: sweeps the rest; on a pile it gives the meant ones their guesses. */
  accept() {
    const { client } = this;
    const taken = this.isSweep ? this.rest : this.meant.filter((example) => client.guessOf(example));
    if (!taken.length) return this.#nothingToAccept();
    for (const [cls, examples] of byClass(client, taken, this.isSweep ? this.given : null)) client.label(examples, cls, this.source?.version);
    if (!this.isSweep) this.marked = new Set();
    this.#goOn(this.isSweep ? 0 : this.#framed);
  }

  #nothingToAccept() {
    const { client } = this;
    if (this.isSweep && this.marked.size) return client.say("The marked ones wait: press their class key, or Space to let go.");
    client.say(client.guesses ? "There is nothing left to accept here." : "There is no guess to accept yet. Press a class key.");
  }

  // -- what follows

  /** After a label: the next one that waits from there on, the next page, or the end. */
  #goOn(here = this.#framed) {
    const { client, page } = this;
    const waits = (/** @type {number} */ example) => (this.isSweep ? client.isOpen(example) : example === client.focus);
    const isMarked = (/** @type {number} */ example) => this.marked.has(example);
    const next = page.slice(here).find(isMarked) ?? page.find(isMarked) ?? page.slice(here).find(waits) ?? page.find(waits);
    if (next !== undefined) client.setFocus(next);
    else if (this.isSweep) this.#turnOrEnd();
    this.emit("change");
  }

  #turnOrEnd() {
    if (!this.source) return;
    const { kind, examples } = this.source;
    if (this.at + PAGE < examples.length) return this.turn(1);
    if (kind === "queue") return void this.#renew();
    this.client.say(`All ${many(examples.length, nounOf(this.client))} have an answer.`);
    this.client.setSelection([]);
    this.close();
  }

  async #renew() {
    const { source } = this;
    const items = await this.queue.fresh();
    if (!source || this.source !== source) return; // closed, or another one, meanwhile
    if (items.length) this.#show({ ...source, examples: items.map((item) => item.example) });
    else this.emit("change");
  }

  /** Frames the first that waits; what is on the page is ringed on the map. */
  #frame() {
    const { page, client } = this;
    client.setAsked(page);
    client.setFocus((this.isSweep ? page.find((example) => client.isOpen(example)) : null) ?? page[0] ?? null);
  }

  /** A pile takes in what is put on it; what leaves it stays in sight until it is opened again. */
  #onLabels() {
    const { source } = this;
    if (!source) return;
    if (source.kind === "pile") {
      const known = new Set(source.examples);
      source.examples.push(...examplesOf(this.client, source.pile).filter((example) => !known.has(example)));
    }
    this.emit("change");
  }

  /** The map under a selection has moved: its images are in sight here, so they are still meant. */
  #onMap() {
    if (this.source?.kind === "selection") this.source.version = null;
  }
}
