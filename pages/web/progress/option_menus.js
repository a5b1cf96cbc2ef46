/** "Model" in the training panel: what fits it to the data, in words, and what could do so instead. */

import { h, write } from "../shared/dom.js";

/** @typedef {"model" | "networks" | "likelihood" | "batch"} Name */

/** @type {Record<Name, string>} */
export const TITLES = { model: "Model", networks: "Networks", likelihood: "Likelihood", batch: "Batch" };

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
    this.note = h("div.s", { "data-testid": "choice-note" });
    this.element = h("div.fit", {}, h("div.row", {}, h("span", {}, "What learns"), this.sees),
      ...this.menus.map(({ name, menu }) => h("label.row", {}, h("span.s", {}, TITLES[name]), menu)), this.note);
  }

  client;
  sees;
  menus;
  note;
  element;
  #shown = "";
  #wishes = 0; // that the state does not show yet

  /**
   * @param {Name} name
   * @param {string} value
   */
  async #choose(name, value) {
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
