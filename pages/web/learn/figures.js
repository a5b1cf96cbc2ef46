/** Figures of a lesson: what the server sends as numbers, drawn in the colours of the theme. */

import { drawScatter } from "./scatter.js";
import { h, svg } from "../shared/dom.js";
import { paint } from "../shared/images.js";
import { scale, ticks } from "../shared/line_chart.js";
import { numbers, rangeOf } from "./arrays.js";

const HEIGHT = 100; // of bars and lines, in their own units
const WIDTH = 240;
const LINE_COLOURS = ["var(--accent-text)", "var(--text2)", "var(--ok)", "var(--warn)"];
const DASHES = ["", "6 4", "2 3", "8 3 2 3"]; // a second code beside colour

/** @typedef {import("./lessons.js").Figure} Figure */
/** @typedef {import("./arrays.js").Range} Range */
/** @typedef {{x: Range, y: Range}} Ranges */
/** @typedef {import("../shared/theme.js").Theme} Theme */

/**
 * A figure under its title.
 * @param {Figure} figure
 * @param {Ranges} ranges that it shares with the figure beside it
 * @param {Theme} theme
 * @param {string[]} names of the classes; [] where they are digits
 */
export function figureOf(figure, ranges, theme, names = []) {
  const drawn = drawnOf(figure, ranges, theme, names);
  return h(`figure.figure.${figure.kind}`, { "data-testid": `figure-${figure.kind}` },
    h("figcaption.fig-title", {}, figure.title), drawn);
}

/**
 * @param {Figure} figure
 * @param {Ranges} ranges
 * @param {Theme} theme
 * @param {string[]} names
 */
function drawnOf(figure, ranges, theme, names) {
  switch (figure.kind) {
    case "scatter": return drawScatter(figure, ranges, theme, names);
    case "bars": return drawBars(figure, ranges);
    case "pictures": return drawPictures(figure);
    case "lines": return drawLines(figure, ranges);
    case "grid": return drawGrid(figure);
  }
}

/**
 * @param {import("./lessons.js").Bars} figure
 * @param {Ranges} ranges
 */
function drawBars({ names, values }, { y: [low, high] }) {
  const given = numbers(values);
  const tall = (/** @type {number} */ value) => Math.max(0, (100 * (value - low)) / (high - low || 1));
  const digits = digitsFor(Math.max(Math.abs(low), Math.abs(high)));
  const words = Array.from(given, (value) => rounded(value, digits));
  const bars = names.map((name, k) => h(`div.a-bar${words[k] === "0" ? ".none" : ""}`, {},
    h("div.bar-room", {}, h("b", {}, words[k]), h("i", { style: `height: ${tall(given[k]).toFixed(1)}%` })), h("span", {}, name)));
  return h("div.bars-box", { role: "img", "aria-label": names.map((name, k) => `${name}: ${words[k]}`).join(", ") }, ...bars);
}

/** @param {import("./lessons.js").Pictures} figure */
function drawPictures({ images, row_names: names = [], captions = [] }) {
  const [rows, columns, height, width, channels] = images.shape;
  const pixels = numbers(images);
  const one = height * width * channels;
  const cells = Array.from({ length: rows * columns }, (_, k) => {
    const canvas = h("canvas");
    paint(canvas, /** @type {Uint8Array} */ (pixels).subarray(k * one, (k + 1) * one), [height, width, channels]);
    const caption = captions[Math.floor(k / columns)]?.[k % columns];
    return h("span.a-picture", {}, h("span.tl", {}, canvas), caption ? h("span.caption-under", {}, caption) : null);
  });
  const lines = Array.from({ length: rows }, (_, row) => [...(names.length ? [h("span.row-name", {}, names[row] ?? "")] : []),
    ...cells.slice(row * columns, (row + 1) * columns)]).flat();
  return h(`div.pictures-box${names.length ? ".named" : ""}`, { style: `--columns: ${columns}`, role: "img", "aria-label": `${rows * columns} images` }, ...lines);
}

/**
 * @param {import("./lessons.js").Lines} figure
 * @param {Ranges} ranges
 */
function drawLines({ x, ys }, ranges) {
  const places = numbers(x);
  const [left, bottom] = [28, 14];
  const [toX, toY] = [scale(ranges.x, [left, WIDTH - 4]), scale(ranges.y, [HEIGHT - bottom, 4])];
  const named = Object.entries(ys).map(([name, sent], k) => ({ name, values: numbers(sent), colour: LINE_COLOURS[k % 4], dash: DASHES[k % 4] }));
  const lines = named.map(({ values, colour, dash }) => svg("polyline", { fill: "none", style: `stroke: ${colour}`, "stroke-width": 1.6,
    "stroke-linejoin": "round", "stroke-dasharray": dash || null,
    points: Array.from(places, (place, k) => (Number.isFinite(values[k]) ? `${toX(place).toFixed(1)},${toY(values[k]).toFixed(1)}` : "")).join(" ") }));
  const rules = ticks(ranges.y, 4).map((value) => svg("g", {},
    svg("line", { class: "rule", x1: left, x2: WIDTH - 4, y1: toY(value), y2: toY(value) }),
    svg("text", { x: left - 3, y: toY(value) + 3, "text-anchor": "end" }, rounded(value))));
  const under = ticks(ranges.x, 5).map((value) => svg("text", { x: toX(value), y: HEIGHT - 3, "text-anchor": "middle" }, rounded(value)));
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": named.map(({ name, values }) => `${name}: ends at ${rounded(values[values.length - 1])}`).join(", ") }, ...rules, ...under, ...lines);
  const key = h("div.line-names", {}, ...named.map(({ name, colour, dash, values }) => h("span", {}, sign(colour, dash), `${name} `, h("b", {}, rounded(values[values.length - 1])))));
  const box = h("div.lines-box");
  box.append(picture, key);
  return box;
}

/**
 * @param {string} colour
 * @param {string} dash
 */
function sign(colour, dash) {
  return svg("svg", { viewBox: "0 0 20 6", class: "line-sign", "aria-hidden": "true" },
    svg("line", { x1: 0, x2: 20, y1: 3, y2: 3, "stroke-width": 2.5, style: `stroke: ${colour}`, "stroke-dasharray": dash || null }));
}

/** @param {import("./lessons.js").Grid} figure */
function drawGrid({ values, row_names: rows, column_names: columns }) {
  const given = numbers(values);
  const most = Math.max(1e-9, rangeOf([given])[1]);
  const cell = (/** @type {number} */ value) => h("td", { style: `--strength: ${Math.round(75 * Math.sqrt(Math.max(0, value) / most))}%` }, rounded(value));
  return h("table.grid-box", {}, h("tr", {}, h("th"), ...columns.map((name) => h("th", { scope: "col" }, name))),
    ...rows.map((name, r) => h("tr", {}, h("th", { scope: "row" }, name), ...columns.map((_, c) => cell(given[r * columns.length + c])))));
}

/**
 * As much of a number as one reads: 1234.5 -> "1234", 12.04 -> "12.0", 0.512 -> "0.51", 0 -> "0".
 * @param {number} value
 */
export function rounded(value, digits = digitsFor(value)) {
  if (!Number.isFinite(value)) return "–";
  const text = value.toFixed(digits);
  return Number(text) === 0 ? "0" : text.replace("-", "\u2212");
}

/**
 * How many digits after the point one reads of numbers of this size.
 * @param {number} size
 */
function digitsFor(size) {
  return Math.abs(size) >= 100 ? 0 : Math.abs(size) >= 1 ? 1 : 2;
}

