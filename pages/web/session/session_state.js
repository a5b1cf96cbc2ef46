// @ts-nocheck (its types are not written yet)
/** What the page knows of one session: its state, classes, labels, map and guesses. */

import { withLooks } from "../shared/class_colours.js";
import { ClassOverlay } from "./class_overlay.js";
import { Emitter } from "../shared/emitter.js";
import { LabelOverlay, NONE, STATES, isClass } from "./label_overlay.js";

export class SessionState extends Emitter {
  constructor() {
    super();
    this.state = null;
    this.classes = []; // that can be given, in the order of their keys, as a person has just made them
    this.xy = null; // n x 2 float32
    this.mapVersion = null;
    this.guesses = null; // Predictions
    this.labelOverlay = new LabelOverlay();
    this.classOverlay = new ClassOverlay();
  }

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

  /** The class of an id, or undefined if it is gone. */
  classOf(id) {
    return this.#byId.get(id);
  }

  /** The id of the class a person gave an example, or null. */
  labelOf(example) {
    const value = this.labels?.[example] ?? NONE;
    return isClass(value) ? value : null;
  }

  /** "unsure", "junk" or "skip" if the example is put aside so, or null. */
  stateOf(example) {
    const value = this.labels?.[example] ?? NONE;
    return Object.keys(STATES).find((kind) => STATES[kind] === value) ?? null;
  }

  /** Whether nothing at all has been said of an example. */
  isOpen(example) {
    return (this.labels?.[example] ?? NONE) === NONE;
  }

  /** {best, p, second, p2} of an example, or null while nothing guesses; see Predictions.of. */
  guessOf(example) {
    return this.guesses?.of(example, (id) => this.#byId.has(id)) ?? null;
  }

  isPending(example) {
    return this.labelOverlay.pending.some((op) => op.examples?.includes(example));
  }
}
