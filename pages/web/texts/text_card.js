/** The framed text as a whole, scrollable, with the words marked that speak for its label or guess. */

import { glyph, h, show, write } from "../shared/dom.js";

/** @typedef {{text: string, class: number | null, keywords: string[]}} WholeText */

export class TextCard {
  /** @param {import("../session/session_client.js").SessionClient} client */
  constructor(client) {
    this.client = client;
    this.text = h("div.whole-text", { tabindex: "0", lang: "", dir: "auto", "aria-label": "The framed text", role: "article", "data-testid": "whole-text" });
    this.title = h("span.s");
    this.words = h("span.keywords");
    this.element = h("div.text-card", {}, this.text, h("div.row.speaks", { "data-testid": "keywords" }, this.title, this.words));
  }

  client;
  text;
  title;
  words;
  element;
  #shown = "";
  #asked = "";

  /** @param {number} example */
  async update(example) {
    const { client } = this;
    const guess = client.guessOf(example), label = client.labelOf(example);
    const now = `${example} ${label ?? guess?.best} ${client.guesses?.rev}`;
    if (now === this.#asked || now === this.#shown) return;
    this.#asked = now;
    try {
      /** @type {WholeText} */
      const found = await client.api.get(`text?example=${example}`);
      if (this.#asked === now) this.#show(now, found);
    } catch (error) {
      if (this.#asked === now) this.#show("", { text: error instanceof Error ? error.message : String(error), class: null, keywords: [] });
    }
  }

  /**
   * @param {string} now what is shown
   * @param {WholeText} found
   */
  #show(now, { text, class: id, keywords }) {
    const isOther = now.split(" ")[0] !== this.#shown.split(" ")[0];
    this.#shown = now;
    this.#asked = "";
    this.text.replaceChildren(...marked(text, keywords));
    if (isOther) this.text.scrollTop = 0;
    const cls = this.client.classOf(id);
    show(this.title, Boolean(cls));
    write(this.title, keywords.length ? "Words that speak for" : "No single word speaks for");
    this.words.replaceChildren(...(cls ? [glyph(cls)] : []), ...keywords.map((word) => h("span.keyword", {}, word)));
  }
}

/**
 * A text with some of its words marked.
 * @param {string} text
 * @param {string[]} words in small letters
 * @returns {(string | HTMLElement)[]}
 */
export function marked(text, words) {
  const known = new Set(words);
  return text.split(/([\p{L}\p{N}_]+)/u).filter(Boolean)
    .map((part) => (known.has(part.toLowerCase()) ? h("mark", {}, part) : part));
}
