/** What the hand does on the map: draw what lives under it, draw a path, select, or move the map. */

import { Emitter } from "../shared/emitter.js";
import { h, icon } from "../shared/dom.js";

/** @typedef {import("../map/camera.js").Point} Point in the map's units */

/**
 * @typedef {object} Mode
 * @property {string} name
 * @property {string} title
 * @property {string} sign an icon
 * @property {string} letter the key
 * @property {import("../map/pointer.js").Tool} tool
 * @property {((line: Point[], isDone: boolean) => void) | null} stroke takes a line that is drawn
 */

/** @extends {Emitter<{changed: undefined}>} */
export class Hand extends Emitter {
  /** @param {import("../map/latent_map.js").LatentMap} map */
  constructor(map) {
    super();
    this.map = map;
    this.element = h("div.tool.left.hand", { role: "toolbar", "aria-label": "What the hand does on the map" });
    map.panel.append(this.element);
  }

  map;
  element;
  /** @type {Map<string, {mode: Mode, button: HTMLElement}>} */
  #modes = new Map();
  current = "";

  /** @param {Mode} mode */
  add(mode) {
    const { name, title, sign, letter } = mode;
    const button = h("button", { "data-testid": `hand-${name}`, title: `${title} (${letter})`, onclick: () => this.use(name) },
      icon(sign), h("span", {}, title));
    this.#modes.set(name, { mode, button });
    this.element.append(button);
    if (!this.current) this.use(name);
  }

  /** @param {string} name */
  use(name) {
    const chosen = this.#modes.get(name);
    if (!chosen) return;
    this.current = name;
    this.map.stroke = chosen.mode.stroke;
    this.map.setTool(chosen.mode.tool);
    for (const [other, { button }] of this.#modes) {
      button.classList.toggle("on", other === name);
      button.setAttribute("aria-pressed", String(other === name));
    }
    this.emit("changed");
  }

  /**
   * True if the key is one of a mode.
   * @param {string} letter
   */
  press(letter) {
    for (const [name, { mode }] of this.#modes)
      if (mode.letter.toLowerCase() === letter) return this.use(name), true;
    return false;
  }
}
