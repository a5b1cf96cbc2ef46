/** A column's histogram with two handles: the range between them is what a button selects. */

import { h, svg, write } from "../shared/dom.js";
import { many } from "../shared/format.js";
import { inUnits } from "./columns_client.js";
import { N_BINS, histogram, within } from "./ranges.js";

const [WIDTH, HEIGHT] = [312, 56];
const STEPS = 400; // of a handle

export class RangeBox {
  /** @param {(examples: number[]) => void} onRange told while a handle moves */
  constructor(onRange) {
    this.onRange = onRange;
    this.drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
    this.words = h("span.s", { "data-testid": "range-words" });
    this.element = h("div.range-box", {}, h("div.histogram", {}, this.drawing), h("div.handles", {}, this.from, this.to), this.words);
  }

  onRange;
  drawing;
  words;
  element;
  from = this.#handle("range-from", "From", 0);
  to = this.#handle("range-to", "To", STEPS);
  /** @type {Float32Array} */
  values = new Float32Array(0);
  #low = 0;
  #high = 0;
  /** @type {Uint32Array} */
  #counts = new Uint32Array(N_BINS);

  /**
   * @param {string} id
   * @param {string} label
   * @param {number} value
   */
  #handle(id, label, value) {
    return h("input", { type: "range", min: 0, max: STEPS, value, "data-testid": id, "aria-label": `${label} this value`,
      oninput: () => (this.#draw(), this.onRange(this.examples)) });
  }

  /** Those in the range; none while it is the whole column. */
  get examples() {
    return this.isWhole ? [] : within(this.values, ...this.range);
  }

  get isWhole() {
    return Number(this.from.value) === 0 && Number(this.to.value) === STEPS;
  }

  /** @returns {[number, number]} */
  get range() {
    const at = [Number(this.from.value), Number(this.to.value)].sort((a, b) => a - b);
    const value = (/** @type {number} */ step) =>
      step === 0 ? this.#low : step === STEPS ? this.#high : this.#low + (step / STEPS) * (this.#high - this.#low);
    return [value(at[0]), value(at[1])];
  }

  /** @param {Float32Array} values of every example, NaN where missing */
  show(values) {
    this.values = values;
    ({ low: this.#low, high: this.#high, counts: this.#counts } = histogram(values));
    this.from.value = "0";
    this.to.value = String(STEPS);
    this.#draw();
  }

  #draw() {
    const [from, to] = this.range;
    const most = Math.max(1, ...this.#counts);
    const wide = (this.#high - this.#low) / N_BINS;
    this.drawing.replaceChildren(...Array.from(this.#counts, (n, k) => {
      const middle = this.#low + (k + 0.5) * wide;
      const tall = n ? Math.max(1.5, HEIGHT * Math.sqrt(n / most)) : 0;
      return svg("rect", { x: (k * WIDTH) / N_BINS, width: WIDTH / N_BINS - 1, y: HEIGHT - tall, height: tall,
        class: middle >= from && middle <= to ? "in" : "out" });
    }));
    const missing = this.values.reduce((n, value) => n + Number(Number.isNaN(value)), 0);
    const gaps = missing ? `; ${many(missing, "value")} missing` : "";
    const n = within(this.values, from, to).length;
    write(this.words, `${inUnits(from)} to ${inUnits(to)}: ${many(n, "row")}${gaps}`);
    this.drawing.setAttribute("aria-label", `Histogram, ${inUnits(this.#low)} to ${inUnits(this.#high)}`);
  }
}
