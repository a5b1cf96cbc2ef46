/** A small chart of lines in SVG: axes, lines with a marked point or words, the value under the pointer. */

import { h, svg, write } from "./dom.js";

const MARGIN = { left: 40, right: 10, top: 6, bottom: 26 }; // px
const RIGHT_OF_LAST = 0.07; // of the width, so that a mark at the end is whole
const [MOST_X_TICKS, MOST_Y_TICKS] = [6, 5];
const REACH = 20; // px: how far from a point the pointer still means it
const SMALLEST = 50; // px: no chart in less

/**
 * @typedef {object} Line
 * @property {number[]} x
 * @property {number[]} y
 * @property {string} colour CSS
 * @property {number} width px
 * @property {boolean} [isDotted]
 * @property {boolean} [isPoints] marks instead of a line
 * @property {string[]} [text] words at the points
 * @property {(x: number, y: number) => string} hover what the pointer reads at a point
 */

/**
 * @typedef {object} Chart
 * @property {Line[]} lines x from 0 on
 * @property {[number, number]} yRange
 * @property {string} ySuffix "%"
 * @property {string} label what it shows, for who does not see it
 */

export class LineChart {
  /** @param {HTMLElement} element holds the chart and gives its size */
  constructor(element) {
    this.#element = element;
    this.#hover = h("div.chart-value", { "aria-hidden": "true" });
    this.#hover.hidden = true;
    this.#dot = svg("circle", { r: 4 });
    element.classList.add("chart");
    element.append(this.#hover);
    element.addEventListener("pointermove", this.#point);
    element.addEventListener("pointerleave", this.#leave);
    this.#observer = new ResizeObserver(() => this.#render());
    this.#observer.observe(element);
  }

  #element;
  #hover;
  #dot;
  #observer;
  /** @type {Chart | null} */
  #chart = null;
  /** @type {SVGElement | null} */
  #svg = null;
  /** @type {{px: number, py: number, line: Line, k: number}[]} */
  #points = []; // on screen

  destroy() {
    this.#observer.disconnect();
    this.#element.removeEventListener("pointermove", this.#point);
    this.#element.removeEventListener("pointerleave", this.#leave);
  }

  /** @param {Chart} chart */
  draw(chart) {
    this.#chart = chart;
    this.#render();
  }

  #render() {
    const { clientWidth: width, clientHeight: height } = this.#element;
    if (!this.#chart || width < SMALLEST || height < SMALLEST) return;
    this.#leave();
    const { lines, yRange, ySuffix, label } = this.#chart;
    const box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
    /** @type {[number, number]} */
    const xRange = [0, Math.max(1, ...lines.flatMap((line) => line.x)) / (1 - RIGHT_OF_LAST)];
    const x = scale(xRange, [box.left, box.right]);
    const y = scale(yRange, [box.bottom, box.top]);
    // An inner svg shows nothing outside: a line may come from below.
    const drawn = svg("svg", { width, height: box.bottom }, ...lines.flatMap((line) => drawLine(line, x, y)));
    const made = svg("svg", { width, height, role: "img", "aria-label": label },
      ...ticks(yRange, MOST_Y_TICKS).flatMap((value) => [
        svg("line", { class: "rule", x1: box.left, x2: box.right, y1: y(value), y2: y(value) }),
        svg("text", { x: box.left - 4, y: y(value) + 4, "text-anchor": "end" }, `${value}${ySuffix}`),
      ]),
      ...ticks(xRange, MOST_X_TICKS).map((value) =>
        svg("text", { x: x(value), y: height - 8, "text-anchor": "middle" }, String(value))),
      drawn, this.#dot);
    this.#svg?.remove();
    this.#svg = made;
    this.#element.prepend(made);
    this.#points = lines.flatMap((line) => line.x.map((value, k) => ({ px: x(value), py: y(line.y[k]), line, k })))
      .filter(({ py }) => py <= box.bottom);
  }

  /** @param {PointerEvent} event */
  #point = (event) => {
    const { left, top, width } = this.#element.getBoundingClientRect();
    const found = nearest(this.#points, event.clientX - left, event.clientY - top);
    if (!found) return this.#leave();
    const { px, py, line, k } = found;
    write(this.#hover, line.hover(line.x[k], line.y[k]));
    this.#hover.hidden = false;
    const half = this.#hover.offsetWidth / 2;
    this.#hover.style.left = `${Math.min(width - half, Math.max(half, px))}px`;
    this.#hover.style.top = `${py}px`;
    this.#hover.classList.toggle("below", py < this.#hover.offsetHeight + 10);
    for (const [name, value] of Object.entries({ cx: px, cy: py, style: `fill: ${line.colour}` }))
      this.#dot.setAttribute(name, String(value));
    this.#dot.removeAttribute("visibility");
  };

  #leave = () => {
    this.#hover.hidden = true;
    this.#dot.setAttribute("visibility", "hidden");
  };
}

// A line may run through its name: the name has a rim of the ground's colour.
const ON_THE_LINE = "paint-order: stroke; stroke: var(--panel); stroke-width: 4px; stroke-linejoin: round";

/**
 * @param {Line} line
 * @param {(value: number) => number} x to pixels
 * @param {(value: number) => number} y
 */
function drawLine(line, x, y) {
  const places = line.x.map((value, k) => [x(value), y(line.y[k])]);
  const style = `stroke: ${line.colour}`;
  const words = (line.text ?? []).flatMap((text, k) => text
    ? [svg("text", { x: places[k][0], y: places[k][1] + 14, "text-anchor": "end", style: ON_THE_LINE }, text)] : []);
  if (line.isPoints)
    return places.map(([cx, cy]) => svg("circle", { class: "mark", cx, cy, r: line.width / 2, style: `fill: ${line.colour}` }));
  return [svg("polyline", { points: places.map((place) => place.map((value) => value.toFixed(1)).join(",")).join(" "),
    fill: "none", style, "stroke-width": line.width, "stroke-linejoin": "round",
    "stroke-dasharray": line.isDotted ? `${2 * line.width} ${2 * line.width}` : null }), ...words];
}

/**
 * A linear function from the one range to the other.
 * @param {[number, number]} from
 * @param {[number, number]} to
 */
export function scale([low, high], [start, end]) {
  /** @param {number} value */
  return (value) => start + ((value - low) / (high - low || 1)) * (end - start);
}

/**
 * Round values in a range, at most so many: ([79, 100.5], 5) -> [80, 85, 90, 95, 100].
 * @param {[number, number]} range
 * @param {number} most
 */
export function ticks([low, high], most) {
  const smallest = 10 ** Math.floor(Math.log10((high - low) / most || 1));
  const first = (/** @type {number} */ step) => Math.ceil(low / step - 1e-9);
  const last = (/** @type {number} */ step) => Math.floor(high / step + 1e-9);
  const steps = [1, 2, 5, 10, 20].map((times) => times * smallest);
  const step = steps.find((size) => last(size) - first(size) < most) ?? 50 * smallest;
  return Array.from({ length: last(step) - first(step) + 1 }, (_, k) => Number(((first(step) + k) * step).toPrecision(12)));
}

/**
 * The point nearest to a pixel, or null if none is in reach; the last of those at one place.
 * @template {{px: number, py: number}} Point
 * @param {Point[]} points
 * @param {number} x
 * @param {number} y
 */
export function nearest(points, x, y) {
  let found = null;
  let best = REACH ** 2;
  for (const point of points) {
    const distance = (point.px - x) ** 2 + (point.py - y) ** 2;
    if (distance <= best) [best, found] = [distance, point];
  }
  return found;
}
