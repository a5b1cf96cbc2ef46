/** In which order the queue asks: strategy, the class it asks about, a share of random images. */

import { glyph, h, icon, letGo, show, write } from "../shared/dom.js";
import { share } from "../shared/format.js";

const MIX_STEP = 5; // percent

export class StrategyPicker {
  /**
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("./queue.js").Queue} parts.queue
   */
  constructor({ client, queue }) {
    this.client = client;
    this.queue = queue;
    this.title = h("b");
    this.select = h("select", { "data-testid": "strategy", "aria-label": "Order",
      onchange: () => this.#choose(this.select.value) });
    this.about = h("span", { "data-testid": "strategy-about" });
    this.ofClass = this.#classPick();
    const tune = h("button.tune", { title: "More about the order, and a share of random images",
      "data-testid": "tune", "aria-label": "Tune the order", "aria-expanded": "false", onclick: () => this.#toggle() }, icon("tune"));
    this.tune = tune;
    this.element = h("div.row.order-pick", {}, h("label.row.pick", {}, h("span.s", {}, "Order"), this.title,
      icon("arrow_drop_down"), this.select), this.ofClass, tune);
    this.more = this.#panel();
    for (const element of [this.element, this.more]) show(element, false); // there are no orders yet
    document.addEventListener("pointerdown", this.#outside, true);
  }

  client;
  queue;
  title;
  select;
  about;
  ofClass;
  tune;
  element;
  more;
  classMark = h("span.row");
  classSelect = h("select", { "data-testid": "strategy-class", "aria-label": "Class that is asked about",
    onchange: () => (letGo(this.classSelect), this.queue.choose({ cls: Number(this.classSelect.value) })) });
  mix = h("input", { type: "range", min: 0, max: 100, step: MIX_STEP, "data-testid": "mix",
    "aria-label": "Share of random images", onchange: () => this.queue.choose({ mix: Number(this.mix.value) / 100 }),
    oninput: () => this.#showMix() });
  mixText = h("b");
  #seen = "";
  #outside = (/** @type {PointerEvent} */ event) => {
    const path = event.composedPath();
    if (!path.includes(this.more) && !path.includes(this.tune)) this.close();
  };

  destroy() {
    document.removeEventListener("pointerdown", this.#outside, true);
  }

  /** @param {string} strategy */
  #choose(strategy) {
    letGo(this.select);
    const needs = this.queue.answer?.strategies.find((one) => one.name === strategy)?.needs_class;
    const { order } = this.queue;
    const cls = needs && !this.client.classOf(order.cls) ? this.client.classes[0]?.id ?? null : order.cls;
    this.queue.choose({ strategy, cls });
  }

  #classPick() {
    return h("label.row.pick", {}, this.classMark, icon("arrow_drop_down"), this.classSelect);
  }

  #panel() {
    return h("div.card.tuning.s", { "data-testid": "tuning" }, this.about,
      h("label.row", {}, "Random images among them", h("span.sp"), this.mixText), this.mix);
  }

  #toggle() {
    show(this.more, Boolean(this.more.hidden));
    this.tune.classList.toggle("on", !this.more.hidden);
    this.tune.setAttribute("aria-expanded", String(!this.more.hidden));
    if (!this.more.hidden) this.mix.focus();
  }

  /** Closes what the button opened; false if it was closed. */
  close() {
    if (this.more.hidden) return false;
    const isByKeys = this.mix.matches(":focus-visible");
    this.#toggle();
    if (isByKeys) this.tune.focus();
    else this.mix.blur();
    return true;
  }

  #showMix() {
    write(this.mixText, Number(this.mix.value) ? share(Number(this.mix.value) / 100) : "none");
  }

  update() {
    const { answer, order, needsClass } = this.queue;
    if (!answer) return;
    show(this.element, true);
    const seen = JSON.stringify([answer.strategies, answer.title, order, this.client.classes.map((cls) => [cls.id, cls.name, cls.look])]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.select.replaceChildren(...answer.strategies.map(({ name, title, about }) =>
      h("option", { value: name, title: about }, title)));
    this.select.value = order.strategy;
    write(this.title, answer.title);
    const about = answer.strategies.find((one) => one.name === order.strategy)?.about ?? "";
    this.select.title = about;
    write(this.about, about);
    show(this.about, Boolean(about));
    this.mix.value = String(Math.round(100 * order.mix));
    this.#showMix();
    this.#updateClass(needsClass, order.cls);
  }

  /**
   * @param {boolean} isNeeded
   * @param {number | null} id
   */
  #updateClass(isNeeded, id) {
    show(this.ofClass, isNeeded);
    if (!isNeeded) return;
    const cls = this.client.classOf(id) ?? this.client.classes[0];
    if (!cls) return;
    this.classMark.replaceChildren(glyph(cls));
    this.classSelect.replaceChildren(...this.client.classes.map(({ id: value, name }) => h("option", { value }, name)));
    this.classSelect.value = String(cls.id);
  }
}
