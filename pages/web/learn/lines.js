/** Lines over the same x, told apart by colour and dash; each with its last value. */

import { h, svg } from "../shared/dom.js";
import { scale, ticks } from "../shared/line_chart.js";
import { numbers } from "./arrays.js";
import { rounded } from "./rounded.js";

const COLOURS = ["var(--accent-text)", "var(--text2)", "var(--ok)", "var(--warn)"];
const DASHES = ["", "6 4", "2 3", "8 3 2 3"]; // a second code beside colour
const SMALLEST = 60; // px: no lines in less

/** @typedef {{name: string, values: ArrayLike<number>, colour: string, dash: string}} Line */

/**
 * Drawn in the pixels of its box, again whenever that changes its size.
 * @param {import("./lessons.js").Lines} figure
 * @param {import("./figures.js").Ranges} ranges
 */
export function drawLines({ x, ys, axes = [] }, ranges) {
  const places = numbers(x);
  const lines = Object.entries(ys).map(([name, sent], k) => ({ name, values: numbers(sent), colour: COLOURS[k % 4], dash: DASHES[k % 4] }));
  const plot = h("div.lines-plot", { role: "img", "aria-label": lines.map(({ name, values }) => `${name}: ends at ${rounded(values[values.length - 1])}`).join(", ") });
  const draw = () => {
    const { clientWidth: width, clientHeight: height } = plot;
    if (width > SMALLEST && height > SMALLEST) plot.replaceChildren(pictureOf(places, lines, ranges, { width, height, letter: parseFloat(getComputedStyle(plot).fontSize) }));
  };
  new ResizeObserver(draw).observe(plot);
  const names = lines.map(({ name, colour, dash, values }) => h("span", {}, sign(colour, dash), `${name} `, h("b", {}, rounded(values[values.length - 1]))));
  return h("div.lines-box", {}, plot, h("div.line-names", {}, ...names, h("span.sp"), axes[0] ? h("span", {}, `${axes[0]} →`) : null));
}

/**
 * @param {ArrayLike<number>} places
 * @param {Line[]} lines
 * @param {import("./figures.js").Ranges} ranges
 * @param {{width: number, height: number, letter: number}} size px
 */
function pictureOf(places, lines, ranges, { width, height, letter }) {
  const [left, bottom, edge] = [letter * 2.4, letter * 1.4, letter * 0.8];
  const [toX, toY] = [scale(ranges.x, [left, width - edge]), scale(ranges.y, [height - bottom, letter * 0.5])];
  const rules = ticks(ranges.y, 5).map((value) => svg("g", {},
    svg("line", { class: "rule", x1: left, x2: width - edge, y1: toY(value), y2: toY(value) }),
    svg("text", { x: left - letter * 0.4, y: toY(value) + letter * 0.35, "text-anchor": "end" }, plain(value))));
  const under = ticks(ranges.x, 6).map((value) => svg("text", { x: toX(value), y: height - letter * 0.2, "text-anchor": "middle" }, plain(value)));
  const drawn = lines.map(({ values, colour, dash }) => svg("polyline", { fill: "none", style: `stroke: ${colour}`, "stroke-width": 2.5, "stroke-linejoin": "round",
    "stroke-dasharray": dash || null, points: pointsOf(places, values, toX, toY) }));
  return svg("svg", { width, height, "aria-hidden": "true" }, ...rules, ...under, ...drawn);
}

/**
 * @param {ArrayLike<number>} places
 * @param {ArrayLike<number>} values what is no number is left out
 * @param {(x: number) => number} toX
 * @param {(y: number) => number} toY
 */
function pointsOf(places, values, toX, toY) {
  return Array.from(places, (place, k) => (Number.isFinite(values[k]) ? `${toX(place).toFixed(1)},${toY(values[k]).toFixed(1)}` : "")).filter(Boolean).join(" ");
}

/** @param {number} value of a tick, which is round */
const plain = (value) => String(value).replace("-", "\u2212");

/**
 * @param {string} colour
 * @param {string} dash
 */
function sign(colour, dash) {
  return svg("svg", { viewBox: "0 0 20 6", class: "line-sign", "aria-hidden": "true" },
    svg("line", { x1: 0, x2: 20, y1: 3, y2: 3, "stroke-width": 2.5, style: `stroke: ${colour}`, "stroke-dasharray": dash || null }));
}
