/** The card of a selection on the map: how many, what they seem to be, one button to label all. */

import { glyph, h, key, keyRange, picture, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { count } from "../shared/format.js";

const THUMBS = 7;

/** @typedef {import("../shared/api.js").LookedClass} LookedClass */
/** @typedef {import("../session/predictions.js").Predictions} Predictions */
/** @typedef {{cls: LookedClass, n: number}} Kind */

/**
 * @typedef {object} SelectionActions
 * @property {(cls: number) => void} assign labels the selection
 * @property {() => void} clear
 * @property {() => void} open opens it on the board
 */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../shared/images.js").Images} images
 * @property {SelectionActions} actions
 */

export class SelectionCard {
  client;
  images;
  actions;
  count;
  classes;
  words;
  thumbs;
  buttonText;
  buttonKey;
  button;
  element;

  /**
   * @param {HTMLElement} panel of the map
   * @param {Parts} parts
   */
  constructor(panel, { client, images, actions }) {
    this.client = client;
    this.images = images;
    this.actions = actions;
    this.count = h("b.big", { "data-testid": "count" });
    this.classes = h("span.row.kinds");
    this.words = h("div.s.hint");
    this.thumbs = Array.from({ length: THUMBS }, () => picture(".thumb"));
    this.buttonText = h("span");
    this.buttonKey = key("");
    this.button = h("button.btn.p", { "data-testid": "label-all", onclick: () => this.#assign() },
      this.buttonText, this.buttonKey);
    const open = h("button.btn", { "data-testid": "open-in-grid", onclick: () => actions.open() }, "Open in grid", key("G"));
    const esc = h("button.btn.gh", { title: "Clear the selection", onclick: () => actions.clear() }, key("Esc"));
    this.element = h("div.card.selection", { "data-testid": "selection-card" },
      h("div.row", {}, this.count, h("span.sp"), this.classes), this.words,
      h("div.row.thumbs", {}, ...this.thumbs.map((thumb) => thumb.element)), h("div.row.buttons", {}, this.button, open, esc));
    show(this.element, false);
    panel.append(this.element);
  }

  /** @type {number | null} */
  #majority = null; // class

  #assign() {
    if (this.#majority !== null) this.actions.assign(this.#majority);
  }

  update() {
    const { client } = this;
    const { selection, classes } = client;
    show(this.element, selection.size > 0);
    if (!selection.size) return;
    write(this.count, `${count(selection.size)} selected`);
    const kinds = client.guesses ? kindsOf(selection, client.guesses.best, classes) : [];
    this.#majority = kinds.length ? kinds[0].cls.id : null;
    redraw(this.classes, () => this.classes.replaceChildren(...kinds.slice(0, 3).map((kind) => this.#kind(kind))));
    show(this.button, this.#majority !== null);
    if (kinds.length) {
      write(this.buttonText, `Label all as ${kinds[0].cls.name}`);
      write(this.buttonKey, kinds[0].cls.key.toUpperCase());
    }
    write(this.words, kinds.length ? "Least sure first. Click a class above to keep only that."
      : `Press a class key, ${keyRange(classes)}, to label all of them.`);
    this.#showThumbs(leastSure(selection, client.guesses));
  }

  /** @param {Kind} kind */
  #kind({ cls, n }) {
    const title = `Keep only the ${count(n)} that the model guesses to be ${cls.name}`;
    const keep = () => {
      const { guesses, selection, selectedOn } = this.client;
      this.client.setSelection([...selection].filter((example) => guesses?.best[example] === cls.id), selectedOn);
    };
    return h("button.row.kind", { title, onclick: keep }, glyph(cls), count(n));
  }

  /** @param {number[]} examples */
  #showThumbs(examples) {
    this.thumbs.forEach((thumb, k) => {
      show(thumb.element, k < examples.length);
      if (k < examples.length) this.images.draw(thumb.canvas, examples[k]);
    });
  }
}

/**
 * Classes that the model guesses among the examples, most frequent first.
 * @param {Iterable<number>} selection
 * @param {Uint8Array} best
 * @param {LookedClass[]} classes
 * @returns {Kind[]}
 */
function kindsOf(selection, best, classes) {
  const counts = new Uint32Array(256);
  for (const example of selection) counts[best[example]] += 1;
  return classes.map((cls) => ({ cls, n: counts[cls.id] })).filter(({ n }) => n)
    .sort((a, b) => b.n - a.n);
}

/**
 * The examples whose guess is least certain, at most as many as there are thumbnails.
 * @param {Iterable<number>} selection
 * @param {Predictions | null} guesses
 */
function leastSure(selection, guesses) {
  if (!guesses) return [...selection].slice(0, THUMBS);
  /** @type {number[]} */
  const least = [];
  for (const example of selection) {
    const p = guesses.p[example];
    if (least.length === THUMBS && p >= guesses.p[least[THUMBS - 1]]) continue;
    let at = least.length;
    while (at > 0 && guesses.p[least[at - 1]] > p) at -= 1;
    least.splice(at, 0, example);
    least.length = Math.min(least.length, THUMBS);
  }
  return least;
}
