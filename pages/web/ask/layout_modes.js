/** How one works beside the map: "grid" (the queue, with samples and curve), "card", "groups", or "board". */

import { Emitter } from "../shared/emitter.js";
import { h } from "../shared/dom.js";
import { store, stored } from "../shared/local_settings.js";

/** @typedef {"grid" | "card" | "groups"} Kind */

/** @type {[Kind, string][]} */
const TITLES = [["grid", "Grid"], ["card", "Card"], ["groups", "Groups"]];

/**
 * Emits "view" when it changes.
 * @extends {Emitter<{view: undefined}>}
 */
export class LayoutModes extends Emitter {
  /** @param {{dataset: DOMStringMap}} columns the element whose data-view says it to CSS */
  constructor(columns) {
    super();
    this.columns = columns;
    this.#show();
  }

  columns;
  /** @type {Kind} */
  kind = kindOf(stored("view", "grid")); // what the board goes back to
  hasGrid = false;
  /** @type {HTMLElement[][]} */
  #switches = [];

  get view() {
    return this.hasGrid ? "board" : this.kind;
  }

  /** @param {Kind} kind */
  choose(kind) {
    this.kind = kind;
    store("view", kind);
    this.hasGrid = false;
    this.#show();
  }

  /** To the next way of working. */
  turn() {
    const at = TITLES.findIndex(([kind]) => kind === this.kind);
    this.choose(TITLES[(at + 1) % TITLES.length][0]);
  }

  openGrid(isOpen = true) {
    this.hasGrid = isOpen;
    this.#show();
  }

  /**
   * A "Grid | Card" for the head of a panel.
   * @param {string} panel begins the test ids
   */
  makeSwitch(panel) {
    const buttons = TITLES.map(([kind, title]) => h("button", { "data-testid": `${panel}-to-${kind}`,
      title: kind === "groups" ? "Name groups of images that are alike (⇧G)" : `${title} (⇧G)`, onclick: () => this.choose(kind) }, title));
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

/**
 * The way of working of a name that was kept, the grid for any other.
 * @param {unknown} name
 * @returns {Kind}
 */
function kindOf(name) {
  return TITLES.find(([kind]) => kind === name)?.[0] ?? "grid";
}
