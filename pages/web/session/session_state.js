/** What the page knows of one session: its state, classes, labels, map and guesses, and what is framed and selected. */

import { withLooks } from "../shared/class_colours.js";
import { ClassOverlay } from "./class_overlay.js";
import { Emitter } from "../shared/emitter.js";
import { Predictions } from "./predictions.js";
import { LabelOverlay, NONE, STATES, isClass } from "./label_overlay.js";

/** @typedef {import("../shared/api.js").LookedClass} LookedClass */
/** @typedef {import("../shared/api.js").StateKind} StateKind */

/**
 * What a page is told, and when: a listener of any of these reads what it needs from the client.
 *
 * @typedef {object} SessionEvents
 * @property {undefined} state a state has come, or a class was changed here
 * @property {{examples: number[] | null, own: boolean}} labels of these examples (null: of any) are others;
 *   own: a person has just made them here
 * @property {undefined} map
 * @property {undefined} guesses
 * @property {undefined} focus
 * @property {undefined} hover
 * @property {undefined} selection
 * @property {undefined} solo
 * @property {undefined} asked the examples on the queue's page are others
 * @property {undefined} saving something is to be saved, was saved, or cannot be
 * @property {undefined} loading an array begins to be read, or was
 * @property {{text: string, kind: "note" | "bad"}} message a sentence for the person
 */

const STATE_KINDS = /** @type {StateKind[]} */ (Object.keys(STATES));

/** @extends {Emitter<SessionEvents>} */
export class SessionState extends Emitter {
  /** @type {import("../shared/api.js").State | null} */
  state = null;
  /** @type {LookedClass[]} */
  classes = []; // that can be given, in the order of their keys, as a person has just made them
  /** @type {Float32Array | null} */
  xy = null; // n x 2
  /** @type {number | null} */
  mapVersion = null;
  /** @type {Predictions | null} */
  guesses = null;
  labelOverlay = new LabelOverlay();
  classOverlay = new ClassOverlay();
  /** @type {number | null} */
  focus = null; // the example that a class key labels
  /** @type {number | null} */
  hover = null;
  /** @type {Set<number>} */
  selection = new Set();
  /** @type {number | null} */
  selectedOn = null; // the version of the map, if the selection was made by places on it
  /** @type {number | null} */
  solo = null; // the class whose points alone are shown in full
  /** @type {number[]} */
  asked = []; // examples on the queue's page
  /** @type {Map<number, LookedClass>} */
  #byId = new Map();

  get labels() {
    return this.labelOverlay.labels;
  }

  /** Examples per value of `labels`. */
  get counts() {
    return this.labelOverlay.counts;
  }

  /** To be called when a state has come or a class was changed. */
  lookAgain() {
    this.classes = withLooks(this.classOverlay.of(this.state?.classes ?? []));
    this.#byId = new Map(this.classes.map((cls) => [cls.id, cls]));
  }

  /**
   * The class of an id, or undefined if it is gone.
   * @param {number | null} [id]
   */
  classOf(id) {
    return id === null || id === undefined ? undefined : this.#byId.get(id);
  }

  /**
   * The id of the class a person gave an example, or null.
   * @param {number} example
   */
  labelOf(example) {
    const value = this.labels?.[example] ?? NONE;
    return isClass(value) ? value : null;
  }

  /**
   * "unsure", "junk" or "skip" if the example is put aside so, or null.
   * @param {number} example
   */
  stateOf(example) {
    const value = this.labels?.[example] ?? NONE;
    return STATE_KINDS.find((kind) => STATES[kind] === value) ?? null;
  }

  /**
   * Whether nothing at all has been said of an example.
   * @param {number} example
   */
  isOpen(example) {
    return (this.labels?.[example] ?? NONE) === NONE;
  }

  /**
   * What the model takes an example for, or null while nothing guesses; see Predictions.of.
   * @param {number} example
   */
  guessOf(example) {
    return this.guesses?.of(example, (id) => this.#byId.has(id)) ?? null;
  }

  /** @param {number} example */
  isPending(example) {
    return this.labelOverlay.pending.some((op) => op.examples?.includes(example));
  }

  // -- what comes from the server

  /** @param {import("../shared/api.js").State} state */
  takeState(state) {
    this.state = state;
    this.classOverlay.settle(state.labels.seq);
    this.lookAgain();
    this.emit("state");
  }

  /** @param {import("./array_loader.js").ArrayAnswer} answer */
  takeMap({ buffer, version }) {
    this.xy = new Float32Array(buffer);
    this.mapVersion = Number(version ?? this.state?.map.version);
    this.emit("map");
  }

  /** @param {import("./array_loader.js").ArrayAnswer | null} answer */
  takeGuesses(answer) {
    this.guesses = answer && new Predictions(answer.buffer, answer.version ?? this.state?.snapshot?.rev ?? "");
    this.emit("guesses");
  }

  // -- what a person looks at

  /** @param {number | null} example */
  setFocus(example) {
    if (this.focus === example) return;
    this.focus = example;
    this.emit("focus");
  }

  /** @param {number | null} example */
  setHover(example) {
    if (this.hover === example) return;
    this.hover = example;
    this.emit("hover");
  }

  /**
   * @param {Iterable<number>} examples
   * @param {number | null} mapVersion of the map on which they were chosen, if it was by their place there
   */
  setSelection(examples, mapVersion = null) {
    this.selection = examples instanceof Set ? examples : new Set(examples);
    this.selectedOn = this.selection.size ? mapVersion : null;
    this.emit("selection");
  }

  /** @param {number | null} cls */
  setSolo(cls) {
    if (this.solo === cls) return;
    this.solo = cls;
    this.emit("solo");
  }

  /** @param {number[]} examples */
  setAsked(examples) {
    this.asked = examples;
    this.emit("asked");
  }
}
