/** Pictures as files, all made in the browser: PNG, SVG, and films as GIF. */

import { context, h } from "../shared/dom.js";
import { encodeGif } from "../shared/gif.js";
import { coloursOf, greys } from "../shared/palette.js";
import { LABEL_HEIGHT, each, enlarge, fileName, layOutSheet, scaleFor, svgOf } from "./sheet.js";

const TILE = 112; // px that a picture of a sheet comes near to
const FILM = 224; // px of a film
const FONT = '14px "Source Sans", "Source Sans Pro", sans-serif';
const KEPT = 60000; // ms until the browser has surely read what it saves

/** @typedef {import("../shared/api.js").ImageShape} ImageShape */
/** @typedef {{columns: number, labels?: string[], name: string}} Saved labels: a word under each picture; name: of the file, without its end */

/**
 * @param {Uint8Array} pictures n * H * W * C bytes
 * @param {ImageShape} shape
 * @param {Saved} as
 */
export async function savePng(pictures, shape, { columns, labels = [], name }) {
  const scale = scaleFor(shape, TILE);
  const all = each(pictures, shape);
  const { places, width, height } = layOutSheet(all.length, shape, { columns, scale, hasLabels: labels.length > 0 });
  const canvas = h("canvas", { width, height });
  const draw = context(canvas);
  draw.fillStyle = "#FFF";
  draw.fillRect(0, 0, width, height);
  all.forEach((pixels, k) => draw.putImageData(opaque(enlarge(pixels, shape, scale), places[k].width, places[k].height), places[k].x, places[k].y));
  draw.fillStyle = "#1A1B22";
  draw.font = FONT;
  draw.textAlign = "center";
  labels.forEach((label, k) => draw.fillText(label, places[k].x + places[k].width / 2, places[k].y + places[k].height + LABEL_HEIGHT - 6, places[k].width));
  download(await blobOf(canvas), `${fileName(name)}.png`);
}

/**
 * @param {Uint8Array} pictures n * H * W * C bytes
 * @param {ImageShape} shape
 * @param {Saved} as
 */
export function saveSvg(pictures, shape, { columns, labels = [], name }) {
  const all = each(pictures, shape);
  const sheet = layOutSheet(all.length, shape, { columns, scale: scaleFor(shape, TILE), hasLabels: labels.length > 0 });
  const files = all.map((pixels) => {
    const canvas = h("canvas", { width: shape[1], height: shape[0] });
    context(canvas).putImageData(opaque(enlarge(pixels, shape, 1), shape[1], shape[0]), 0, 0);
    return canvas.toDataURL("image/png");
  });
  download(new Blob([svgOf(files, sheet, { labels, title: name })], { type: "image/svg+xml" }), `${fileName(name)}.svg`);
}

/**
 * A film that is played over and over.
 * @param {Uint8Array[]} frames of H * W * C bytes each
 * @param {ImageShape} shape
 * @param {{seconds: number, name: string}} as seconds: of the whole film
 */
export function saveGif(frames, shape, { seconds, name }) {
  download(new Blob([gifOf(frames, shape, seconds)], { type: "image/gif" }), `${fileName(name)}.gif`);
}

/**
 * @param {Uint8Array[]} frames
 * @param {ImageShape} shape
 * @param {number} seconds
 */
export function gifOf(frames, shape, seconds) {
  const scale = scaleFor(shape, FILM);
  const { palette, of } = shape[2] === 1 ? greys() : coloursOf(frames);
  const coloured = frames.map((frame) => {
    const rgb = enlarge(frame, shape, scale);
    return Uint8Array.from({ length: rgb.length / 3 }, (_, k) => of(rgb[3 * k], rgb[3 * k + 1], rgb[3 * k + 2]));
  });
  // Browsers slow frames of one hundredth down to ten.
  const hundredths = Math.max(2, Math.round((100 * seconds) / frames.length));
  return encodeGif({ width: shape[1] * scale, height: shape[0] * scale, palette, frames: coloured, hundredths });
}

/**
 * @param {Uint8Array} rgb
 * @param {number} width
 * @param {number} height
 */
function opaque(rgb, width, height) {
  const out = new ImageData(width, height);
  for (let k = 0; k < width * height; k++) {
    out.data.set(rgb.subarray(3 * k, 3 * k + 3), 4 * k);
    out.data[4 * k + 3] = 255;
  }
  return out;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
function blobOf(canvas) {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser could not write the picture. Try fewer at once.")))));
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}
