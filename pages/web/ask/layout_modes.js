// @ts-nocheck (its types are not written yet)
/** How one works beside the map: "grid" (the queue, with samples and curve), "card", or "board". */

import { Emitter } from "../shared/emitter.js";
import { h } from "../shared/dom.js";
import { store, stored } from "../shared/local_settings.js";

const TITLES = [["grid", "Grid"], ["card", "Card"]];

/** Emits "view" when it changes. */
export class LayoutModes extends Emitter {
  constructor(columns) {
    super();
    this.columns = columns;
    this.kind = stored("view", "grid") === "card" ? "card" : "grid"; // what the board goes back to
    this.hasGrid = false;
    this.#show();
  }

  #switches = [];

  get view() {
    return this.hasGrid ? "board" : this.kind;
  }

  choose(kind) {
    this.kind = kind;
    store("view", kind);
    this.hasGrid = false;
    this.#show();
  }

  openGrid(isOpen = true) {
    this.hasGrid = isOpen;
    this.#show();
  }

  /** A "Grid | Card" for the head of a panel. */
  makeSwitch(panel) {
    const buttons = TITLES.map(([kind, title]) => h("button", { "data-testid": `${panel}-to-${kind}`,
      title: `${title} (⇧G)`, onclick: () => this.choose(kind) }, title));
    this.#switches.push(buttons);
    this.#show();
    return h("div.seg", { role: "group", "aria-label": "Way of working" }, ...buttons);
  }

  #show() {
    this.columns.dataset.view = this.view;
    for (const buttons of this.#switches)
      buttons.forEach((button, k) => {
        const isOn = TITLES[k][0] === (this.hasGrid ? "grid" : this.kind);
        button.classList.toggle("on", isOn);
        button.setAttribute("aria-pressed", String(isOn));
      });
    this.emit("view");
  }
}
