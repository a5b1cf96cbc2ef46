// @ts-nocheck (its types are not written yet)
/** A small line without axes: its name, its newest value, and how it came there. */

import { h, show, write } from "./dom.js";
import { signed } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, EDGE] = [150, 36, 2];

export class Sparkline {
  constructor(name) {
    this.value = h("b");
    this.line = document.createElementNS(SVG, "polyline");
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute("aria-hidden", "true");
    svg.append(this.line);
    this.element = h("div.spark", { "data-testid": `spark-${name}` },
      h("div.row.s", {}, name, h("span.sp"), this.value));
    this.element.append(svg);
  }

  draw(values) {
    show(this.element, values.length > 0);
    if (!values.length) return;
    write(this.value, signed(values.at(-1)));
    this.line.setAttribute("points", points(values));
  }
}

/** "2.0,30.1 4.5,28.0 …", the values stretched over the whole box. */
export function points(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (k) => EDGE + ((WIDTH - 2 * EDGE) * k) / Math.max(1, values.length - 1);
  const y = (value) => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (value - low)) / (high - low || 1);
  return values.map((value, k) => `${x(k).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
}
