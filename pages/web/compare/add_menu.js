/** "Add a model": which one, with which settings, for how long. */

import { enable, h, isEnabled, show, write } from "../shared/dom.js";
import { capital, wholeAge } from "../shared/format.js";
import { Popover } from "../shared/popover.js";
import { takes } from "./words.js";

const TITLES = /** @type {Record<string, string>} */ ({ networks: "Networks", likelihood: "Likelihood", batch: "Batch", autoencoder: "M1", encoder: "Sees by" });

/** @typedef {import("./answers.js").ModelChoice} ModelChoice */

export class AddMenu {
  comparison;
  list;
  options;
  numbers;
  more;
  argument;
  argumentBox;
  budget;
  words;
  go;
  popover;

  /** @param {import("./comparison.js").Comparison} comparison */
  constructor(comparison) {
    this.comparison = comparison;
    this.list = h("div.models", { role: "radiogroup", "aria-label": "Model" });
    this.options = h("div.knobs");
    this.numbers = h("div.knobs.numbers");
    this.more = h("details.more-knobs", { "data-testid": "more-knobs" }, h("summary", {}, "Numbers of this model"), this.numbers);
    this.argument = h("input", { type: "text", "data-testid": "encoder-argument", spellcheck: false, autocomplete: "off", oninput: () => this.#say() });
    this.argumentBox = h("label.row.knob", {}, h("span.s"), this.argument);
    this.budget = h("select", { "aria-label": "How long each learns", "data-testid": "budget", onchange: () => this.#say() });
    this.words = h("span.s", { "data-testid": "takes" });
    this.go = h("button.btn.p", { "data-testid": "add-it", onclick: () => isEnabled(this.go) && this.#add() }, "Add and train");
    this.popover = new Popover("add-menu", { label: "Add a model", testid: "add-menu" },
      h("div.h", {}, "Add a model"), this.list, h("div.add-foot", {}, this.options, this.argumentBox, this.more,
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
      h("select", { name, onchange: () => this.#say(), "aria-label": TITLES[name] ?? name, "data-testid": `option-${name}` }, ...menu.options.filter(({ value }) => value !== "folder").map(({ value, words, why }) =>
        h("option", { value, selected: value === menu.value, disabled: Boolean(why), title: why }, words))))));
    show(this.options, options.length > 0);
    const knobs = this.#chosen?.knobs ?? [];
    this.numbers.replaceChildren(...knobs.map(({ name, default: usual, low, high, help }) => h("label.row.knob", { title: `${capital(help)}. From ${low} to ${high}.` },
      h("span.s", {}, capital(name.replaceAll("_", " "))), h("input", { type: "number", name, min: low, max: high, step: Number.isInteger(usual) && high > 10 ? 1 : "any",
        placeholder: String(usual), "aria-label": `${name.replaceAll("_", " ")}, ${usual} unless you say otherwise`, "data-testid": `knob-${name}`, oninput: () => this.#say() }))));
    show(this.more, knobs.length > 0);
    this.argument.value = "";
    this.#say();
  }

  /** What has to be said with the chosen encoder: "" for nothing, FILE or NAME. */
  get #asksFor() {
    const menu = /** @type {HTMLSelectElement | null} */ (this.options.querySelector("select[name=encoder]"));
    const option = menu && this.#chosen?.options.encoder?.options.find(({ value }) => value === menu.value);
    return /** @type {{argument?: string} | null | undefined} */ (option)?.argument ?? "";
  }

  /** Why it cannot be added as it stands, in a sentence; "" if it can. */
  get #whyNot() {
    if (this.#asksFor && !this.argument.value.trim()) return this.#asksFor === "FILE" ? "Name the file of the encoder." : "Name the encoder's model.";
    const odd = [...this.numbers.querySelectorAll("input")].find((input) => !input.checkValidity());
    return odd ? `${capital(odd.name.replaceAll("_", " "))} must be from ${odd.min} to ${odd.max}${odd.step === "1" ? ", a whole number" : ""}.` : "";
  }

  #say() {
    const asks = this.#asksFor;
    show(this.argumentBox, asks !== "");
    write(/** @type {HTMLElement} */ (this.argumentBox.firstElementChild), asks === "FILE" ? "File" : "Name");
    this.argument.placeholder = asks === "FILE" ? "/path/to/encoder.onnx" : "a model's name or a folder";
    const why = this.#whyNot;
    enable(this.go, !why, why);
    write(this.words, why || `Takes ${takes(1, Number(this.budget.value))}.`);
  }

  #add() {
    const { answer } = this.comparison;
    const chosen = this.#chosen;
    if (!answer || !chosen) return;
    /** @type {Record<string, string | number>} */
    const config = {};
    for (const menu of this.options.querySelectorAll("select")) {
      const known = chosen.options[menu.name];
      if (menu.value !== String(known.value) || menu.name === "encoder") config[menu.name] = typeof known.value === "number" ? Number(menu.value) : menu.value;
    }
    if (this.#asksFor) config.encoder = `${config.encoder}:${this.argument.value.trim()}`;
    for (const input of this.numbers.querySelectorAll("input")) {
      if (input.value !== "") config[input.name] = Number(input.value);
    }
    this.popover.close();
    this.comparison.wish({ do: "add", models: [{ model: chosen.name, config }], budget: Number(this.budget.value), who: answer.labels.who });
  }
}
