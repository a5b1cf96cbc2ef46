/** "Add a model": which one, with which settings, for how long. */

import { h, show, write } from "../shared/dom.js";
import { wholeAge } from "../shared/format.js";
import { Popover } from "../shared/popover.js";
import { takes } from "./words.js";

const TITLES = /** @type {Record<string, string>} */ ({ networks: "Networks", likelihood: "Likelihood", batch: "Batch", autoencoder: "M1" });

/** @typedef {import("./answers.js").ModelChoice} ModelChoice */

export class AddMenu {
  comparison;
  list;
  options;
  budget;
  words;
  go;
  popover;

  /** @param {import("./comparison.js").Comparison} comparison */
  constructor(comparison) {
    this.comparison = comparison;
    this.list = h("div.models", { role: "radiogroup", "aria-label": "Model" });
    this.options = h("div.knobs");
    this.budget = h("select", { "aria-label": "How long each learns", "data-testid": "budget", onchange: () => this.#say() });
    this.words = h("span.s", { "data-testid": "takes" });
    this.go = h("button.btn.p", { "data-testid": "add-it", onclick: () => this.#add() }, "Add and train");
    this.popover = new Popover("add-menu", { label: "Add a model", testid: "add-menu" },
      h("div.h", {}, "Add a model"), this.list, h("div.add-foot", {}, this.options,
        h("label.row.knob", {}, h("span.s", {}, "Learns for"), this.budget), h("div.row", {}, this.words, h("span.sp"), this.go)));
  }

  #model = "";

  destroy() {
    this.popover.close();
  }

  /** @param {HTMLElement} anchor */
  open(anchor) {
    const { answer } = this.comparison;
    if (!answer) return;
    if (this.popover.isOpen) return this.popover.close();
    const there = new Set(answer.members.map(({ model }) => model));
    this.#model = (answer.models.find(({ name }) => !there.has(name)) ?? answer.models[0])?.name ?? "";
    const budget = answer.members[0]?.budget ?? answer.limits.budget;
    this.list.replaceChildren(...answer.models.map((model) => this.#row(model, there.has(model.name))));
    this.budget.replaceChildren(...answer.limits.budgets.map((seconds) => h("option", { value: seconds, selected: seconds === budget }, wholeAge(seconds))));
    this.#showOptions();
    this.popover.open(anchor, { right: true, focus: this.list.querySelector("input:checked") ?? undefined });
  }

  /**
   * @param {ModelChoice} model
   * @param {boolean} isThere
   */
  #row({ name, title, about }, isThere) {
    return h("label.model-row", {}, h("input", { type: "radio", name: "model", value: name, checked: name === this.#model, "data-testid": `model-${name}`,
      onchange: () => {
        this.#model = name;
        this.#showOptions();
      } }), h("span", {}, h("b", {}, title), isThere ? h("span.s", {}, " compared already; with other settings it is another") : null, h("div.s", {}, about)));
  }

  get #chosen() {
    return this.comparison.answer?.models.find(({ name }) => name === this.#model);
  }

  #showOptions() {
    const options = Object.entries(this.#chosen?.options ?? {}).filter(([, menu]) => menu.options.length > 1);
    this.options.replaceChildren(...options.map(([name, menu]) => h("label.row.knob", {}, h("span.s", {}, TITLES[name] ?? name),
      h("select", { name, "aria-label": TITLES[name] ?? name, "data-testid": `option-${name}` }, ...menu.options.filter(({ value }) => value !== "folder").map(({ value, words, why }) =>
        h("option", { value, selected: value === menu.value, disabled: Boolean(why), title: why }, words))))));
    show(this.options, options.length > 0);
    this.#say();
  }

  #say() {
    write(this.words, `Takes ${takes(1, Number(this.budget.value))}.`);
  }

  #add() {
    const { answer } = this.comparison;
    const chosen = this.#chosen;
    if (!answer || !chosen) return;
    /** @type {Record<string, string | number>} */
    const config = {};
    for (const menu of this.options.querySelectorAll("select")) {
      const known = chosen.options[menu.name];
      if (menu.value !== String(known.value)) config[menu.name] = typeof known.value === "number" ? Number(menu.value) : menu.value;
    }
    this.popover.close();
    this.comparison.wish({ do: "add", models: [{ model: chosen.name, config }], budget: Number(this.budget.value), who: answer.labels.who });
  }
}
