/** Dots in two dimensions, each in the colour of its class; the classes' names stand where most of them lie. */

import { context, h } from "../shared/dom.js";
import { rgb } from "../shared/theme.js";
import { scale } from "../shared/line_chart.js";
import { mediansOf, numbers } from "./arrays.js";

const DOT = 1.7; // px, radius
const ALPHA = 0.7;
const LONGEST = 9; // letters of a name in the picture
const PLACES = 10; // colours of classes

/**
 * A canvas that fills its box, drawn again whenever that changes its size.
 * @param {import("./lessons.js").Scatter} figure
 * @param {import("./figures.js").Ranges} ranges
 * @param {import("../shared/theme.js").Theme} theme
 * @param {string[]} names of the classes; [] where they are digits
 */
export function drawScatter({ title, xy, cls, axes }, ranges, theme, names) {
  const [places, classes] = [numbers(xy), numbers(cls)];
  const canvas = h("canvas", { role: "img", "aria-label": `${title}: ${classes.length} dots` });
  const box = h("div.scatter-box", {}, canvas);
  const draw = () => paintDots(canvas, box, { places, classes, axes, names }, ranges, theme);
  new ResizeObserver(draw).observe(box);
  return box;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} box
 * @param {{places: ArrayLike<number>, classes: ArrayLike<number>, axes: string[], names: string[]}} dots
 * @param {import("./figures.js").Ranges} ranges
 * @param {import("../shared/theme.js").Theme} theme
 */
function paintDots(canvas, box, { places, classes, axes, names }, ranges, theme) {
  const { clientWidth: width, clientHeight: height } = box;
  if (!width || !height) return;
  const ratio = devicePixelRatio || 1;
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  const on = context(canvas);
  on.scale(ratio, ratio);
  const fit = Math.min(width / (ranges.x[1] - ranges.x[0]), height / (ranges.y[1] - ranges.y[0]));
  const [toX, toY] = [centred(ranges.x, width, fit), centred(ranges.y, height, -fit)];
  if (axes.some(Boolean)) drawAxes(on, { width, height, x: toX(0), y: toY(0), axes }, theme);
  const colours = Array.from({ length: PLACES }, (_, k) => rgb(theme.bytes(`var(--c${k})`), ALPHA));
  for (let k = 0; k < classes.length; k += 1) {
    on.fillStyle = colours[classes[k] % PLACES];
    on.beginPath();
    on.arc(toX(places[2 * k]), toY(places[2 * k + 1]), DOT, 0, 2 * Math.PI);
    on.fill();
  }
  drawNames(on, mediansOf(places, classes).map(({ cls, x, y }) => ({ text: shortened(names[cls] ?? String(cls)), x: toX(x), y: toY(y) })), theme, fontSize(box));
}

/**
 * From a range to pixels, the same for both axes, its middle in the middle.
 * @param {import("./arrays.js").Range} range
 * @param {number} size px
 * @param {number} fit px a unit
 */
function centred([low, high], size, fit) {
  const half = size / 2 / Math.abs(fit);
  const middle = (low + high) / 2;
  return scale([middle - half, middle + half], fit > 0 ? [0, size] : [size, 0]);
}

/**
 * @param {CanvasRenderingContext2D} on
 * @param {{width: number, height: number, x: number, y: number, axes: string[]}} frame
 * @param {import("../shared/theme.js").Theme} theme
 */
function drawAxes(on, { width, height, x, y, axes: [across = "", up = ""] }, theme) {
  on.strokeStyle = theme.css("--line");
  on.lineWidth = 1;
  on.beginPath();
  on.moveTo(0, y);
  on.lineTo(width, y);
  on.moveTo(x, 0);
  on.lineTo(x, height);
  on.stroke();
  on.fillStyle = rgb(theme.text2);
  on.font = "14px 'Source Sans', sans-serif";
  on.textAlign = "right";
  on.fillText(across, width - 2, Math.max(14, Math.min(height - 4, y - 4)));
  on.textAlign = "left";
  on.fillText(up, Math.max(2, Math.min(width - 20, x + 5)), 12);
}

/**
 * Names that would lie on one another are left out, those of fewer dots first.
 * @param {CanvasRenderingContext2D} on
 * @param {{text: string, x: number, y: number}[]} names
 * @param {import("../shared/theme.js").Theme} theme
 * @param {number} size px
 */
function drawNames(on, names, theme, size) {
  /** @type {{x: number, y: number, width: number}[]} */
  const taken = [];
  on.font = `650 ${size}px 'Source Sans', sans-serif`;
  on.textAlign = "center";
  on.textBaseline = "middle";
  on.lineJoin = "round";
  for (const { text, x, y } of names) {
    const width = on.measureText(text).width;
    if (taken.some((other) => Math.abs(other.x - x) < (other.width + width) / 2 + size * 0.2 && Math.abs(other.y - y) < size * 0.9)) continue;
    taken.push({ x, y, width });
    on.strokeStyle = rgb(theme.ground, 0.85);
    on.lineWidth = 4;
    on.strokeText(text, x, y);
    on.fillStyle = rgb(theme.text);
    on.fillText(text, x, y);
  }
}

/** @param {string} name of a class */
const shortened = (name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);

/** @param {HTMLElement} box */
function fontSize(box) {
  return parseFloat(getComputedStyle(box).fontSize);
}
