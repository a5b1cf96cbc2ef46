/** "Model" in the training panel: what fits it to the data, in words, and what could do so instead. */

import { h, write } from "../shared/dom.js";

/** @typedef {"model" | "autoencoder" | "networks" | "likelihood" | "batch"} Name */

/** @type {Record<Name, string>} */
export const TITLES = { model: "Model", autoencoder: "M1", networks: "Networks", likelihood: "Likelihood", batch: "Batch" };
const ANOTHER = "folder"; // the option for which a person has to name one

const NAMES = /** @type {Name[]} */ (Object.keys(TITLES));

export class OptionMenus {
  /** @param {import("../session/session_client.js").SessionClient} client */
  constructor(client) {
    this.client = client;
    this.sees = h("span.s", { "data-testid": "model-sees" });
    this.menus = NAMES.map((name) => {
      const menu = h("select", { name, "aria-label": TITLES[name], "data-testid": `choice-${name}`,
        onchange: () => this.#choose(name, menu.value) });
      return { name, menu };
    });
    this.folder = h("input", { type: "text", "aria-label": "Folder of a pretrained autoencoder", spellcheck: false,
      placeholder: "its folder on this computer", "data-testid": "autoencoder-folder",
      onchange: () => this.#choose("autoencoder", this.folder.value.trim()) });
    this.row = h("label.row", { hidden: true }, h("span.s", {}, "Folder"), this.folder);
    this.note = h("div.s", { "data-testid": "choice-note" });
    this.element = h("div.fit", {}, h("div.row", {}, h("span", {}, "What learns"), this.sees),
      ...this.menus.flatMap(({ name, menu }) => [h("label.row", {}, h("span.s", {}, TITLES[name]), menu),
        ...(name === "autoencoder" ? [this.row] : [])]), this.note);
  }

  client;
  sees;
  menus;
  folder;
  row;
  note;
  element;
  #shown = "";
  #wishes = 0; // that the state does not show yet

  /**
   * @param {Name} name
   * @param {string} value
   */
  async #choose(name, value) {
    const asks = name === "autoencoder" && value === ANOTHER;
    this.row.hidden = !asks;
    if (asks) this.folder.focus();
    if (asks || !value) return; // nothing is chosen before a folder is named
    this.#wishes += 1;
    await this.client.choose({ [name]: name === "batch" ? Number(value) : value });
    this.#wishes -= 1;
    this.#shown = ""; // if it was refused, the menus say again what holds
    this.update();
  }

  /** Menus are filled only when they change: one that is open would close. What was chosen stays until it is so. */
  update() {
    const choices = this.client.state?.choices;
    if (!choices || this.#wishes) return;
    const now = JSON.stringify(choices);
    if (now === this.#shown) return;
    this.#shown = now;
    write(this.sees, `sees ${choices.sees}`);
    write(this.note, choices.note);
    for (const { name, menu } of this.menus) {
      const { value, options } = choices[name];
      menu.replaceChildren(...options.map((option) => h("option", { value: option.value, disabled: Boolean(option.why),
        title: option.why, selected: option.value === value }, option.words)));
      menu.disabled = options.length < 2;
    }
  }
}
