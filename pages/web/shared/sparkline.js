/** A small line without axes: its name, its newest value, and how it came there. */

import { h, show, svg, write } from "./dom.js";
import { signed } from "./format.js";

const [WIDTH, HEIGHT, EDGE] = [150, 36, 2];

export class Sparkline {
  /** @param {string} name */
  constructor(name) {
    this.value = h("b");
    this.line = svg("polyline");
    this.element = h("div.spark", { "data-testid": `spark-${name}` },
      h("div.row.s", {}, name, h("span.sp"), this.value));
    this.element.append(svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, this.line));
  }

  value;
  line;
  element;

  /** @param {number[]} values */
  draw(values) {
    show(this.element, values.length > 0);
    if (!values.length) return;
    write(this.value, signed(values[values.length - 1]));
    this.line.setAttribute("points", points(values));
  }
}

/**
 * "2.0,30.1 4.5,28.0 …", the values stretched over the whole box.
 * @param {number[]} values
 */
export function points(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (/** @type {number} */ k) => EDGE + ((WIDTH - 2 * EDGE) * k) / Math.max(1, values.length - 1);
  const y = (/** @type {number} */ value) => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (value - low)) / (high - low || 1);
  return values.map((value, k) => `${x(k).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
}
