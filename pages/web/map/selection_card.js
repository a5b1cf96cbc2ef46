// @ts-nocheck (its types are not written yet)
/** The card of a selection on the map: how many, what they seem to be, one button to label all. */

import { glyph, h, key, keyRange, picture, show, write } from "../shared/dom.js";
import { count } from "../shared/format.js";

const THUMBS = 7;

export class SelectionCard {
  /** actions: {assign(cls), clear(), open()}. */
  constructor(panel, { client, images, actions }) {
    Object.assign(this, { client, images, actions });
    this.count = h("b.big", { "data-testid": "count" });
    this.classes = h("span.row.kinds");
    this.words = h("div.s.hint");
    this.thumbs = Array.from({ length: THUMBS }, () => picture(".thumb"));
    this.buttonText = h("span");
    this.buttonKey = key("");
    this.button = h("button.btn.p", { "data-testid": "label-all", onclick: () => this.#assign() },
      this.buttonText, this.buttonKey);
    const open = h("button.btn", { "data-testid": "open-in-grid", onclick: actions.open }, "Open in grid", key("G"));
    const esc = h("button.btn.gh", { title: "Clear the selection", onclick: actions.clear }, key("Esc"));
    this.element = h("div.card.selection", { "data-testid": "selection-card" },
      h("div.row", {}, this.count, h("span.sp"), this.classes), this.words,
      h("div.row.thumbs", {}, ...this.thumbs.map((thumb) => thumb.element)), h("div.row.buttons", {}, this.button, open, esc));
    show(this.element, false);
    panel.append(this.element);
  }

  #majority = null;

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
    this.classes.replaceChildren(...kinds.slice(0, 3).map((kind) => this.#kind(kind)));
    show(this.button, this.#majority !== null);
    if (kinds.length) {
      write(this.buttonText, `Label all as ${kinds[0].cls.name}`);
      write(this.buttonKey, kinds[0].cls.key.toUpperCase());
    }
    write(this.words, kinds.length ? "Least sure first. Click a class above to keep only that."
      : `Press a class key, ${keyRange(classes)}, to label all of them.`);
    this.#showThumbs(leastSure(selection, client.guesses));
  }

  #kind({ cls, n }) {
    const title = `Keep only the ${count(n)} that the model guesses to be ${cls.name}`;
    const keep = () => {
      const { best } = this.client.guesses;
      const { selection, selectedOn } = this.client;
      this.client.setSelection([...selection].filter((example) => best[example] === cls.id), selectedOn);
    };
    return h("button.row.kind", { title, onclick: keep }, glyph(cls), count(n));
  }

  #showThumbs(examples) {
    this.thumbs.forEach((thumb, k) => {
      show(thumb.element, k < examples.length);
      if (k < examples.length) this.images.draw(thumb.canvas, examples[k]);
    });
  }
}

/** Classes that the model guesses among the examples, most frequent first. */
function kindsOf(selection, best, classes) {
  const counts = new Uint32Array(256);
  for (const example of selection) counts[best[example]] += 1;
  return classes.map((cls) => ({ cls, n: counts[cls.id] })).filter(({ n }) => n)
    .sort((a, b) => b.n - a.n);
}

/** The examples whose guess is least certain, at most as many as there are thumbnails. */
function leastSure(selection, guesses) {
  if (!guesses) return [...selection].slice(0, THUMBS);
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
