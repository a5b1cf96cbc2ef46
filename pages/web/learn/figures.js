/** Figures of a lesson: what the server sends as numbers, drawn in the colours of the theme. */

import { h } from "../shared/dom.js";
import { paint } from "../shared/images.js";
import { numbers, rangeOf } from "./arrays.js";
import { drawLines } from "./lines.js";
import { digitsFor, rounded } from "./rounded.js";
import { drawScatter } from "./scatter.js";

const WITH_NUMBERS = 12; // bars, at most; of more every fifth has its name

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
  const areMany = names.length > WITH_NUMBERS;
  const bars = names.map((name, k) => h(`div.a-bar${words[k] === "0" ? ".none" : ""}`, {},
    h("div.bar-room", {}, areMany ? null : h("b", {}, words[k]), h("i", { style: `height: ${tall(given[k]).toFixed(1)}%` })), h("span", {}, areMany && (k + 1) % 5 && k ? "\u00a0" : name)));
  return h(`div.bars-box${areMany ? ".many" : ""}`, { role: "img", "aria-label": names.map((name, k) => `${name}: ${words[k]}`).join(", ") }, ...bars);
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

/** @param {import("./lessons.js").Grid} figure */
function drawGrid({ values, row_names: rows, column_names: columns }) {
  const given = numbers(values);
  const most = Math.max(1e-9, rangeOf([given])[1]);
  const cell = (/** @type {number} */ value) => h("td", { style: `--strength: ${Math.round(75 * Math.sqrt(Math.max(0, value) / most))}%` }, rounded(value));
  return h("table.grid-box", {}, h("tr", {}, h("th"), ...columns.map((name) => h("th", { scope: "col" }, name))),
    ...rows.map((name, r) => h("tr", {}, h("th", { scope: "row" }, name), ...columns.map((_, c) => cell(given[r * columns.length + c])))));
}
