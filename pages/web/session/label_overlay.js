/**
 * The labels as this page sees them: what the server has confirmed, with the operations still on
 * their way applied on top. Pure: no network, no DOM. A value is a class id, or one of the states
 * below for what has no class.
 *
 * An operation carries its `effect` {examples, values}: what it sets, so that it can be applied
 * again after the confirmed labels were read anew. An undo whose target this page does not know
 * has none; its outcome is read from the server.
 */

export const NONE = 255; // no label
export const STATES = { unsure: 254, junk: 253, skip: 252 }; // by the kind of the operation
const FIRST_STATE = 252;

/**
 * Whether a value is a class, and no state.
 * @param {number} value
 */
export const isClass = (value) => value < FIRST_STATE;

/** @typedef {import("../shared/api.js").Operation} Operation */
/** @typedef {import("../shared/api.js").Effect} Effect */

/**
 * What was said of examples here, and what there was before.
 * @typedef {object} Change
 * @property {string} op_id
 * @property {string} kind
 * @property {number[]} examples
 * @property {number[]} before a value for each example
 * @property {number[]} values the same, afterwards
 * @property {number | null} label the class that was given
 */

export class LabelOverlay {
  /** @type {Uint8Array | null} */
  labels = null; // a value for each example
  counts = new Uint32Array(NONE + 1); // examples per value
  seq = 0; // the server's number of the newest confirmed event
  /** @type {Operation[]} */
  pending = []; // without an answer, in order
  /** @type {Change[]} */
  done = []; // made here, newest last: can be undone
  /** @type {Change[]} */
  undone = []; // taken back here: can be redone
  /** @type {number[]} */
  recent = []; // the last examples labelled here, drawn a little larger
  /** @type {Uint8Array | null} */
  #confirmed = null;

  get labelled() {
    if (!this.labels) return 0;
    return this.counts.subarray(FIRST_STATE).reduce((left, n) => left - n, this.labels.length);
  }

  /**
   * Takes labels read from the server; older ones than we already have are left aside.
   * @param {Uint8Array} labels
   * @param {number} seq
   * @returns {boolean} whether they were taken
   */
  load(labels, seq) {
    if (this.#confirmed && seq < this.seq) return false;
    // Somebody else's events came in between: what we would undo is no longer ours to guess.
    if (this.#confirmed && seq > this.seq) this.forget();
    this.#confirmed = labels;
    this.seq = seq;
    this.#rebuild();
    return true;
  }

  forget() {
    this.done = [];
    this.undone = [];
  }

  /**
   * Applies an operation at once; it stays pending until acknowledge() or reject().
   * @param {Operation} op
   */
  begin(op) {
    op.effect ??= effectOf(op);
    this.pending.push(op);
    if (op.effect && this.labels) put(this.labels, op.effect);
    this.#recount();
  }

  /**
   * A label, a state or the removal of either, made here and now: also remembered for undo.
   * @param {import("../shared/api.js").Saying} op
   */
  record(op) {
    const before = Array.from(op.examples, (example) => this.labels?.[example] ?? NONE);
    this.begin(op);
    if (op.effect) this.done.push({ ...op.effect, before, label: op.class ?? null, op_id: op.op_id, kind: op.kind });
    this.undone = [];
    this.recent = [...this.recent, ...op.examples.slice(-12)].slice(-12);
  }

  /**
   * Gives an undo or redo its effect if its target was made here; returns the target or null.
   * @param {Operation} op
   * @returns {Change | null}
   */
  step(op) {
    const [source, target] = op.kind === "undo" ? [this.done, this.undone] : [this.undone, this.done];
    const entry = source.pop();
    if (entry) {
      target.push(entry);
      op.effect = { examples: entry.examples, values: op.kind === "undo" ? entry.before : entry.values };
    }
    this.begin(op);
    return entry ?? null;
  }

  /**
   * Whether what is on its way leaves something to "undo" or "redo": a label ends all redoing.
   * @param {import("../shared/api.js").StepKind} kind
   */
  leaves(kind) {
    const last = this.pending.findLastIndex((op) => op.kind !== "undo" && op.kind !== "redo");
    if (kind === "undo" && last >= 0) return true;
    const turns = this.pending.slice(last + 1);
    return turns.filter((op) => op.kind !== kind).length > turns.filter((op) => op.kind === kind).length;
  }

  /**
   * The server has stored an operation; false if the labels must be read anew.
   * @param {Operation} op
   * @param {number} seq
   */
  acknowledge(op, seq) {
    const mine = this.#take(op);
    if (seq <= this.seq) return true; // already contained in labels read meanwhile
    const expected = this.seq + (mine.examples?.length ?? 1);
    if (mine.effect && this.#confirmed) put(this.#confirmed, mine.effect);
    this.seq = seq;
    if (mine.effect && seq === expected) return true;
    if (seq !== expected) this.forget();
    return false;
  }

  /**
   * The server refused an operation: the map shows again what was there.
   * @param {Operation} op
   */
  reject(op) {
    this.#take(op);
    this.forget();
    this.#rebuild();
  }

  /**
   * Takes the operation of this id out of what is pending.
   * @param {Operation} op
   */
  #take(op) {
    const mine = this.pending.find((other) => other.op_id === op.op_id) ?? op;
    this.pending = this.pending.filter((other) => other !== mine);
    return mine;
  }

  #rebuild() {
    if (!this.#confirmed) return;
    this.labels = this.#confirmed.slice();
    for (const op of this.pending) if (op.effect) put(this.labels, op.effect);
    this.#recount();
  }

  // 60 000 examples take 0.1 ms: simpler than keeping the counts in step.
  #recount() {
    this.counts.fill(0);
    for (const label of this.labels ?? []) this.counts[label] += 1;
  }
}

/**
 * What an operation that says something sets; null for the others.
 * @param {Operation} op
 * @returns {Effect | null}
 */
function effectOf(op) {
  const value = valueOf(op);
  if (value === undefined || !op.examples) return null;
  return { examples: op.examples, values: new Array(op.examples.length).fill(value) };
}

/** @param {Operation} op */
function valueOf({ kind, class: cls }) {
  switch (kind) {
    case "label":
    case "group": return cls;
    case "clear": return NONE;
    case "unsure":
    case "junk":
    case "skip": return STATES[kind];
    default: return undefined;
  }
}

/**
 * @param {Uint8Array} labels
 * @param {Effect} effect
 */
function put(labels, { examples, values }) {
  for (let i = 0; i < examples.length; i++) labels[examples[i]] = values[i];
}
