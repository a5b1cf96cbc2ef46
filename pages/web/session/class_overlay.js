/**
 * The classes as the person has just made them: what the server said, with the changes that it has
 * not told us of yet on top. Pure: no network, no DOM.
 */

// Keys by place, as labels/classes.py has them (a test compares the two).
export const KEYS = "0123456789wetyioadfhq";

const PLANNED = -1; // the id of a class until the server has given it one

/** @typedef {import("../shared/api.js").ClassInfo} ClassInfo */
/** @typedef {import("../shared/api.js").ClassChange} ClassChange */

export class ClassOverlay {
  /** @type {{op: ClassChange, seq: number | null, id: number}[]} */
  #changes = []; // seq is null until the server has answered; id is that of a class it made

  /** @param {ClassChange} op */
  begin(op) {
    this.#changes.push({ op, seq: null, id: PLANNED });
  }

  /**
   * The server stored an operation; it stays on top until a state that contains it comes.
   * @param {{op_id: string}} op
   * @param {{seq: number, class?: number}} answer
   */
  acknowledge(op, { seq, class: id }) {
    const mine = this.#changes.find((change) => change.op.op_id === op.op_id);
    if (mine) Object.assign(mine, { seq, id: id ?? PLANNED });
  }

  /** @param {{op_id: string}} op */
  reject(op) {
    this.#changes = this.#changes.filter((change) => change.op.op_id !== op.op_id);
  }

  /**
   * A state came that contains all events up to `seq`.
   * @param {number} seq
   */
  settle(seq) {
    this.#changes = this.#changes.filter((change) => change.seq === null || change.seq > seq);
  }

  /**
   * The server's list of classes with the changes applied.
   * @param {ClassInfo[]} classes
   * @returns {ClassInfo[]}
   */
  of(classes) {
    if (!this.#changes.length) return classes;
    const changed = this.#changes.reduce((list, change) => apply(list, change), classes);
    return changed.map((cls, place) => ({ ...cls, key: KEYS[place] ?? "" }));
  }
}

/**
 * @param {ClassInfo[]} classes
 * @param {{op: ClassChange, id: number}} change
 * @returns {ClassInfo[]}
 */
function apply(classes, { op, id }) {
  const edit = (/** @type {Partial<ClassInfo>} */ fields) => classes.map((cls) => (cls.id === op.class ? { ...cls, ...fields } : cls));
  switch (op.kind) {
    case "class-add": {
      const glyph = [...op.name.trim()].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? "?";
      return [...classes, { id, name: op.name, key: "", glyph: glyph.toUpperCase(), colour: null, count: 0 }];
    }
    case "class-rename": return edit({ name: op.name });
    case "class-colour": return edit({ colour: op.colour || null });
    case "class-merge":
    case "class-delete": return classes.filter((cls) => cls.id !== op.class);
    case "class-order": {
      const place = (/** @type {ClassInfo} */ cls) => (op.order.includes(cls.id) ? op.order.indexOf(cls.id) : op.order.length);
      return [...classes].sort((a, b) => place(a) - place(b));
    }
    default: return classes;
  }
}

/**
 * What a change does to the labels.
 * @param {Uint8Array | null} labels
 * @param {ClassChange} op
 * @param {number} none the value of what has no label
 * @returns {import("../shared/api.js").Effect}
 */
export function effectOn(labels, op, none) {
  /** @type {number[]} */
  const examples = [];
  if (labels && (op.kind === "class-merge" || op.kind === "class-delete"))
    labels.forEach((label, example) => label === op.class && examples.push(example));
  return { examples, values: new Array(examples.length).fill(op.kind === "class-merge" ? op.into : none) };
}

/**
 * Whether an operation is a change of a class.
 * @param {import("../shared/api.js").Operation} op
 * @returns {op is ClassChange}
 */
export function isClassChange(op) {
  return op.kind.startsWith("class-");
}

/**
 * Names are the same if only case and spaces differ, as on the server.
 * @param {string} a
 * @param {string} b
 */
export function sameName(a, b) {
  const plain = (/** @type {string} */ name) => name.split(/\s+/).filter(Boolean).join(" ").toLowerCase();
  return plain(a) === plain(b);
}
