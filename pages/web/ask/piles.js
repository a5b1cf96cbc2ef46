/** The piles of images that a person has put somewhere: skipped, unsure, junk, labelled. */

import { h, icon, letGo, write } from "../shared/dom.js";
import { count } from "../shared/format.js";
import { STATES, isClass } from "../session/label_overlay.js";

/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */
/** @typedef {import("../shared/api.js").StateKind | "labelled"} PileName */

/** @type {{name: PileName, title: string, empty: string}[]} */
export const PILES = [
  { name: "skip", title: "Skipped", empty: "Nothing is skipped. X skips an image; it comes back later." },
  { name: "unsure", title: "Unsure", empty: "Nothing is marked unsure. U keeps an image here that you cannot tell." },
  { name: "junk", title: "Junk", empty: "There is no junk. J throws an image out of training and export." },
  { name: "labelled", title: "Labelled", empty: "Nothing is labelled yet. Press a class key on a framed image." },
];

/**
 * A pile's title, and what to say while it is empty.
 * @param {PileName} name
 */
export function pileOf(name) {
  return /** @type {typeof PILES[0]} */ (PILES.find((pile) => pile.name === name));
}

/**
 * How many examples a pile holds.
 * @param {Pick<SessionClient, "counts" | "labelOverlay">} client
 * @param {PileName} name
 */
export function sizeOf(client, name) {
  return name === "labelled" ? client.labelOverlay.labelled : client.counts[STATES[name]];
}

/**
 * The examples of a pile, in order of their numbers.
 * @param {Pick<SessionClient, "labels">} client
 * @param {PileName} name
 */
export function examplesOf({ labels }, name) {
  const found = [];
  for (const [i, value] of labels?.entries() ?? []) {
    const isIn = name === "labelled" ? isClass(value) : value === STATES[name];
    if (isIn) found.push(i);
  }
  return found;
}

/** "Label next" as a list: the others open a pile on the board. */
export class PilePicker {
  /**
   * @param {object} parts
   * @param {SessionClient} parts.client
   * @param {{openPile(name: PileName): void, close(): void}} parts.grid
   * @param {PileName | null} [parts.current] the pile that is open; null for "Label next"
   */
  constructor({ client, grid, current = null }) {
    this.client = client;
    this.grid = grid;
    this.current = current;
    this.title = h("span");
    this.select = h("select", { "data-testid": "piles", "aria-label": "Which images", onchange: () => this.#choose() });
    this.element = h("label.row.pick", {}, this.title, icon("arrow_drop_down"), this.select);
    this.#stops = [client.on("state", () => this.update()), client.on("labels", () => this.update())];
    this.update();
  }

  client;
  grid;
  current;
  title;
  select;
  element;
  #stops;
  #seen = "";

  destroy() {
    for (const stop of this.#stops) stop();
  }

  #choose() {
    const { value } = this.select;
    letGo(this.select);
    this.select.value = this.current ?? "next";
    if (value === "next") this.grid.close();
    else this.grid.openPile(/** @type {PileName} */ (value));
  }

  update() {
    const options = [["next", "Label next"], ...PILES.map(({ name, title }) =>
      [name, `${title} ${count(sizeOf(this.client, name))}`])];
    const seen = JSON.stringify([options, this.current]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.select.replaceChildren(...options.map(([value, text]) => h("option", { value }, text)));
    this.select.value = this.current ?? "next";
    write(this.title, PILES.find((pile) => pile.name === this.current)?.title ?? "Label next");
  }
}
