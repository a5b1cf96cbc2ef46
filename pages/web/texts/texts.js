/**
 * The texts of a data set whose examples are texts: fetched in batches, kept, written where an image would be.
 *
 * Who draws images needs to know nothing of it: `Images.draw` writes a text into the tile of the canvas.
 */

import { h } from "../shared/dom.js";

const PER_REQUEST = 128;
const KEPT = 20000; // beginnings of texts
const GATHER = 8; // ms during which wishes are put into one request

/** @typedef {{resolve: (text: string) => void, reject: (error: unknown) => void}} Waiter */

export class Texts {
  /** @param {(ids: number[]) => Promise<string[]>} fetchTexts gives the beginning of each */
  constructor(fetchTexts) {
    this.#fetch = fetchTexts;
  }

  #fetch;
  /** @type {Map<number, string>} */
  #kept = new Map();
  /** @type {Map<number, Waiter[]>} */
  #wanted = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * The beginning of a text; rejects if the server cannot give it.
   * @param {number} id
   * @returns {Promise<string>}
   */
  get(id) {
    const here = this.#kept.get(id);
    if (here !== undefined) return Promise.resolve(here);
    return new Promise((resolve, reject) => {
      this.#wanted.set(id, [...this.#wanted.get(id) ?? [], { resolve, reject }]);
      this.#timer ||= setTimeout(() => this.#send(), GATHER);
    });
  }

  /**
   * Writes a text in place of a canvas, now or when it arrives (if still wanted then).
   * @param {HTMLCanvasElement} canvas
   * @param {number} id
   */
  draw(canvas, id) {
    if (canvas.dataset.example === String(id)) return;
    canvas.dataset.example = String(id);
    const tile = canvas.parentElement;
    if (!tile) return;
    tile.classList.add("text");
    /** @type {HTMLElement | null} */
    let words = tile.querySelector(":scope > .text-words");
    if (!words) tile.append(words = h("span.text-words", { lang: "", dir: "auto" }));
    const place = words;
    place.textContent = this.#kept.get(id) ?? "";
    if (!this.#kept.has(id)) this.get(id).then((text) => {
      if (canvas.dataset.example === String(id)) place.textContent = text;
    }, () => delete canvas.dataset.example);
  }

  #send() {
    this.#timer = undefined;
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    for (let at = 0; at < wanted.length; at += PER_REQUEST) this.#load(wanted.slice(at, at + PER_REQUEST));
  }

  /** @param {[id: number, waiters: Waiter[]][]} wanted */
  async #load(wanted) {
    try {
      const texts = await this.#fetch(wanted.map(([id]) => id));
      wanted.forEach(([id, waiters], k) => {
        this.#kept.set(id, texts[k]);
        const [oldest] = this.#kept.keys();
        if (this.#kept.size > KEPT) this.#kept.delete(oldest);
        waiters.forEach(({ resolve }) => resolve(texts[k]));
      });
    } catch (error) {
      for (const [, waiters] of wanted) waiters.forEach(({ reject }) => reject(error));
    }
  }
}

/**
 * Lets images be texts where a session's examples are some, and its page be laid out for them.
 * @param {import("../shared/images.js").Images} images
 * @param {import("../session/session_client.js").SessionClient} client
 * @param {HTMLElement} desk
 * @param {string} [words] what a page that draws says of them
 */
export function followTexts(images, client, desk, words = "") {
  const areTexts = Boolean(client.state?.data.are_texts);
  desk.classList.toggle("of-texts", areTexts);
  if (areTexts && words && !desk.querySelector(":scope > .text-notice"))
    desk.prepend(h("div.text-notice.s", { role: "note", "data-testid": "text-notice" }, words));
  if (areTexts) images.texts ??= new Texts((ids) => client.api.get(`texts?ids=${ids.join(",")}`).then(({ texts }) => texts));
}

/**
 * What an example is called.
 * @param {{state: Partial<Pick<import("../shared/api.js").State, "data">> | null}} client
 */
export const nounOf = (client) => client.state?.data?.are_texts ? "text" : client.state?.data?.kind === "vector" ? "row" : "image";
