// @ts-nocheck (its types are not written yet)
/** "Model" in the training panel: what fits it to the data, in words, and what could do so instead. */

import { h, write } from "../shared/dom.js";

export const TITLES = { model: "Model", networks: "Networks", likelihood: "Likelihood", batch: "Batch" };

export class OptionMenus {
  constructor(client) {
    this.client = client;
    this.sees = h("span.s", { "data-testid": "model-sees" });
    this.menus = Object.entries(TITLES).map(([name, title]) => h("select", { name, "aria-label": title,
      "data-testid": `choice-${name}`, onchange: (event) => this.#choose(event.target) }));
    this.note = h("div.s", { "data-testid": "choice-note" });
    this.element = h("div.fit", {}, h("div.row", {}, h("span", {}, "What learns"), this.sees),
      ...this.menus.map((menu) => h("label.row", {}, h("span.s", {}, TITLES[menu.name]), menu)), this.note);
  }

  #shown = "";

  async #choose({ name, value }) {
    await this.client.choose({ [name]: name === "batch" ? Number(value) : value });
    this.#shown = ""; // if it was refused, the menus say again what holds
    this.update();
  }

  /** Menus are filled only when they change: one that is open would close. */
  update() {
    const { choices } = this.client.state;
    const now = JSON.stringify(choices);
    if (now === this.#shown) return;
    this.#shown = now;
    write(this.sees, `sees ${choices.sees}`);
    write(this.note, choices.note);
    for (const menu of this.menus) {
      const { value, options } = choices[menu.name];
      menu.replaceChildren(...options.map((option) => h("option", { value: option.value, disabled: Boolean(option.why),
        title: option.why, selected: option.value === value }, option.words)));
      menu.disabled = options.length < 2;
    }
  }
}
