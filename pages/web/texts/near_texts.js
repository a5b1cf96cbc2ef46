/** "Texts nearest to what the model draws": a decoder gives an embedding, and no text; so real ones stand for it. */

import { glyph, h, show, write } from "../shared/dom.js";

const SHOWN = 3; // texts of a class, at most
const LEAD = "The model draws points of the embedding. These are the real texts nearest to draws of each class.";

/** @typedef {import("../shared/api.js").SampleGroup} SampleGroup */

export class NearTexts {
  /**
   * @param {import("../session/session_client.js").SessionClient} client
   * @param {import("../shared/images.js").Images} images
   */
  constructor(client, images) {
    this.client = client;
    this.images = images;
    this.lead = h("div.s.lead", {}, LEAD);
    this.rows = h("div.near-texts", { "data-testid": "near-texts" });
    this.element = h("div", {}, this.lead, this.rows);
  }

  client;
  images;
  lead;
  rows;
  element;
  #of = ""; // the group that is shown, or asked for

  /**
   * @param {SampleGroup | undefined} group the newest drawings of classes
   * @param {string} words why there are none
   */
  async update(group, words) {
    write(this.lead, group ? LEAD : words);
    show(this.rows, Boolean(group));
    if (!group || group.id === this.#of) return;
    const before = this.#of;
    this.#of = group.id;
    try {
      const { buffer } = await this.client.api.array(`samples/${encodeURIComponent(group.id)}/nearest`);
      if (this.#of === group.id) this.#show(group, new Int32Array(buffer));
    } catch {
      if (this.#of === group.id) this.#of = before; // the trainer is busy: the next state asks again
    }
  }

  /**
   * @param {SampleGroup} group
   * @param {Int32Array} nearest
   */
  #show({ columns, undrawn }, nearest) {
    const missing = new Set(undrawn);
    this.rows.replaceChildren(...this.client.classes.filter(({ id }) => id >= 0 && (id + 1) * columns <= nearest.length).map((cls) => {
      const places = Array.from({ length: columns }, (_, k) => cls.id * columns + k).filter((at) => !missing.has(at));
      const examples = this.client.counts[cls.id] ? [...new Set(places.map((at) => nearest[at]))].slice(0, SHOWN) : [];
      return h("div.near-text-row", { "data-testid": `near-texts-${cls.key || cls.id}` }, glyph(cls), h("div.some", {},
        ...(examples.length ? examples.map((example) => this.#text(example)) : [h("span.s", {}, "no label yet")])));
    }));
  }

  /** @param {number} example */
  #text(example) {
    const element = h("button.near-text", { title: `Text ${example}: frame it`, dir: "auto", onclick: () => this.client.setFocus(example) });
    this.images.texts?.get(example).then((text) => (element.textContent = text), () => {});
    return element;
  }
}
