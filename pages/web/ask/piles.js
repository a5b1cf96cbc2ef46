// @ts-nocheck (its types are not written yet)
/** The piles of images that a person has put somewhere: skipped, unsure, junk, labelled. */

import { h, icon, letGo, write } from "../shared/dom.js";
import { count } from "../shared/format.js";
import { STATES } from "../session/label_overlay.js";

export const PILES = [
  { name: "skip", title: "Skipped", empty: "Nothing is skipped. X skips an image; it comes back later." },
  { name: "unsure", title: "Unsure", empty: "Nothing is marked unsure. U keeps an image here that you cannot tell." },
  { name: "junk", title: "Junk", empty: "There is no junk. J throws an image out of training and export." },
  { name: "labelled", title: "Labelled", empty: "Nothing is labelled yet. Press a class key on a framed image." },
];

/** How many examples a pile holds. */
export function sizeOf(client, name) {
  return name === "labelled" ? client.labelOverlay.labelled : client.counts[STATES[name]];
}

/** The examples of a pile, in order of their numbers. */
export function examplesOf(client, name) {
  const found = [];
  for (let i = 0; i < (client.labels?.length ?? 0); i++) {
    const isIn = name === "labelled" ? client.labelOf(i) !== null : client.labels[i] === STATES[name];
    if (isIn) found.push(i);
  }
  return found;
}

/** "Label next" as a list: the others open a pile on the board. */
export class PilePicker {
  constructor({ client, grid, current = null }) {
    Object.assign(this, { client, grid, current });
    this.title = h("span");
    this.select = h("select", { "data-testid": "piles", "aria-label": "Which images", onchange: () => this.#choose() });
    this.element = h("label.row.pick", {}, this.title, icon("arrow_drop_down"), this.select);
    this.#stops = ["state", "labels"].map((name) => client.on(name, () => this.update()));
    this.update();
  }

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
    else this.grid.openPile(value);
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
