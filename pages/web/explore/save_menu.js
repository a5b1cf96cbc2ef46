/** A button that saves what a view shows: as a film, as pictures. */

import { h, icon } from "../shared/dom.js";
import { saveGif, savePng, saveSvg } from "./save.js";

/**
 * @typedef {object} Shown
 * @property {Uint8Array} pictures one after the other
 * @property {number} columns of them
 * @property {string[]} [labels]
 * @property {Uint8Array[]} [frames] of a film
 * @property {number} [seconds] of the film
 * @property {import("../shared/api.js").ImageShape} shape
 * @property {string} name of the file
 */

export class SaveMenu {
  /**
   * @param {object} parts
   * @param {() => Shown | null} parts.make null while there is nothing
   * @param {(text: string) => void} parts.say why it could not be saved
   * @param {boolean} [parts.isFilm] whether there is a GIF
   */
  constructor({ make, say, isFilm = true }) {
    const button = (/** @type {"gif" | "png" | "svg"} */ kind, /** @type {string} */ title) =>
      h("button", { "data-testid": `save-${kind}`, title, "aria-label": `Save as ${kind.toUpperCase()}`, onclick: () => this.#save(kind) }, kind.toUpperCase());
    this.#make = make;
    this.#say = say;
    this.element = h("span.save-menu", { role: "group", "aria-label": "Save" }, icon("download"), isFilm ? button("gif", "Saves the film, played to and fro") : null,
      button("png", "Saves the steps side by side"), button("svg", "Saves the steps side by side, for a text"));
  }

  element;
  #make;
  #say;

  /** @param {"gif" | "png" | "svg"} kind */
  async #save(kind) {
    const shown = this.#make();
    if (!shown) return this.#say("There is nothing to save yet.");
    const { pictures, shape, columns, labels, frames, seconds = 3, name } = shown;
    try {
      if (kind === "gif") saveGif(frames ?? [], shape, { seconds, name });
      else await (kind === "png" ? savePng : saveSvg)(pictures, shape, { columns, labels, name });
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    }
  }
}
