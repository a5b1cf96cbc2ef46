/** How one picture differs from another: what it adds is blue, what it misses is orange, what both have is grey. */

import { context, h } from "./dom.js";

/** @typedef {import("./theme.js").Rgb} Rgb */

/** @type {Rgb} */
export const ADDS = [0x2A, 0x7E, 0xE2]; // the second has ink that the first has not
/** @type {Rgb} */
export const MISSES = [0xE2, 0x78, 0x14];
const SIGHT = 1.6; // how much a difference is strengthened

/**
 * The first picture in grey, with what the second adds and misses on it; coloured pictures by their mean.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} first
 * @param {Uint8Array} second
 * @param {import("./api.js").ImageShape} shape
 */
export function paintDifference(canvas, first, second, [height, width, channels]) {
  canvas.width = width;
  canvas.height = height;
  canvas.classList.remove("ink"); // its colours mean the same on a dark page
  const out = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) out.data.set(differenceAt(mean(first, i, channels), mean(second, i, channels)), i * 4);
  context(canvas).putImageData(out, 0, 0);
}

/**
 * How a pixel of `a` in the first picture and of `b` in the second is drawn: red, green, blue, alpha.
 * @param {number} a 0 to 255
 * @param {number} b 0 to 255
 * @returns {[number, number, number, number]} 0 to 255
 */
export function differenceAt(a, b) {
  const difference = Math.min(1, (Math.abs(b - a) / 255) * SIGHT);
  const colour = b > a ? ADDS : MISSES;
  const grey = 0.32 * (Math.min(a, b) / 255) * (1 - difference); // ink in both
  const alpha = difference + grey;
  const [red, green, blue] = colour.map((value) => (alpha ? (value * difference + 128 * grey) / alpha : 0));
  return [red, green, blue, 255 * Math.min(1, alpha)];
}

/**
 * @param {Uint8Array} pixels
 * @param {number} i
 * @param {number} channels
 */
function mean(pixels, i, channels) {
  let sum = 0;
  for (let c = 0; c < channels; c++) sum += pixels[i * channels + c];
  return sum / channels;
}

/**
 * A legend's entry.
 * @param {Rgb} colour
 * @param {string} text
 */
export function sign(colour, text) {
  const mark = h("i.ink-sign");
  mark.style.background = `rgb(${colour.join(" ")})`;
  return h("span.row", {}, mark, text);
}
