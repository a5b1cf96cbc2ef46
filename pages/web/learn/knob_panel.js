/** The knob of a lesson as a slider with marks, and at the end the free one beside it. */

import { h, show, write } from "../shared/dom.js";
import { inWords, labelOf } from "./course.js";

/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./lessons.js").Knob} Knob */

export class KnobPanel {
  /**
   * @param {HTMLElement} panel
   * @param {(value: number, isFree: boolean) => void} turn
   */
  constructor(panel, turn) {
    this.knob = new Slider("knob", (value) => turn(value, false));
    this.free = new Slider("free-knob", (value) => turn(value, true));
    this.setting = h("span.s");
    this.knob.head.append(h("span.sp"), this.setting);
    panel.append(this.knob.element, this.free.element);
  }

  knob;
  free;
  setting;

  /**
   * @param {Course} course
   * @param {string} setting what it was trained with
   */
  update(course, setting) {
    const { lesson } = course;
    write(this.setting, setting);
    this.knob.update(lesson.knob, course.value, course.isLocked ? "First say what you expect, or that you cannot say" : "");
    show(this.free.element, course.isFree);
    this.free.update(lesson.free_knob, course.free, "");
  }
}

class Slider {
  /**
   * @param {string} testid
   * @param {(value: number) => void} turn
   */
  constructor(testid, turn) {
    this.title = h("b.knob-title");
    this.head = h("div.row", {}, this.title);
    this.input = h("input.knob-slider", { type: "range", min: 0, step: 1, "data-testid": testid,
      oninput: () => this.#isLocked ? this.#put() : turn(this.#values[Number(this.input.value)]) });
    this.ticks = h("div.knob-ticks", { "aria-hidden": "true" });
    this.marks = h("div.knob-marks", { "aria-hidden": "true" });
    this.element = h("div.a-knob", {}, this.head, h("div.knob-track", {}, this.ticks, this.input), this.marks);
    this.#turn = turn;
  }

  title;
  head;
  input;
  ticks;
  marks;
  element;
  #turn;
  /** @type {number[]} */
  #values = [];
  #at = 0; // which of the values
  #isLocked = false;
  #drawn = "";

  /**
   * @param {Knob} knob
   * @param {number} value
   * @param {string} lock why it does not move; "" if it does
   */
  update(knob, value, lock) {
    this.#values = knob.values;
    this.#at = knob.values.indexOf(value);
    this.#isLocked = Boolean(lock);
    write(this.title, knob.symbol ? `${knob.name}, ${knob.symbol}` : knob.name);
    this.input.max = String(knob.values.length - 1);
    this.input.setAttribute("aria-label", knob.name);
    this.input.setAttribute("aria-valuetext", inWords(knob, value));
    this.input.setAttribute("aria-disabled", String(this.#isLocked));
    this.element.title = lock;
    this.element.classList.toggle("locked", this.#isLocked);
    this.#put();
    const drawn = JSON.stringify([knob, this.#at, this.#isLocked]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const place = (/** @type {number} */ k) => `--at: ${k / Math.max(1, knob.values.length - 1)}`;
    this.element.style.setProperty("--filled", String(this.#at / Math.max(1, knob.values.length - 1)));
    this.ticks.replaceChildren(...knob.values.map((_, k) => h(`i${k <= this.#at ? ".on" : ""}`, { style: place(k) })));
    this.marks.replaceChildren(...knob.values.map((one, k) => h(`span${k === this.#at ? ".now" : ""}${one === knob.kept ? ".kept" : ""}`, { style: place(k),
      onclick: () => this.#isLocked || this.#turn(one) }, labelOf(knob, one))));
  }

  /** The slider shows where the knob is, whatever a hand has done to it. */
  #put() {
    this.input.value = String(this.#at);
  }
}
