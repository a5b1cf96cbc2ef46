/** "As the model will see them": some images of each class, at random. */

import { h, picture, write } from "../shared/dom.js";
import { count } from "../shared/format.js";
import { paint } from "../shared/images.js";

const MOST = 40; // classes that are drawn
const TEXTS = 3; // of each class

export class PreviewBox {
  shelf;
  words;
  rows;
  element;

  /** @param {import("./shelf.js").Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf;
    this.words = h("span.s");
    this.rows = h("div.preview-rows", { "data-testid": "preview" });
    this.element = h("div.preview", {}, h("div.row.half-head", {}, h("b", {}, "As the model will see them"), this.words), this.rows);
  }

  #drawn = "";

  /** @param {import("../shared/api.js").Report} report */
  update(report) {
    const drawn = JSON.stringify([report.id, report.role]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const shown = report.preview.slice(0, MOST);
    const isOne = shown.length === 1;
    const longest = Math.max(0, ...shown.map((row) => row.class.length + 1));
    this.rows.style.setProperty("--name", `${Math.min(12, Math.max(3, longest))}ch`);
    write(this.words, report.are_texts ? "some of each class, at random" : report.kind === "vector" ? "each row of numbers as a strip, at random" : isOne ? "some of them, at random"
      : `one row per ${report.from_folders ? "folder" : "class"}, at random${report.preview.length > MOST ? `, the first ${MOST}` : ""}`);
    this.rows.classList.toggle("one", isOne);
    this.rows.classList.toggle("vectors", report.kind === "vector");
    this.#draw(report, shown);
  }

  /** @param {import("../shared/api.js").PreviewRow[]} shown */
  #write(shown) {
    this.rows.replaceChildren(...shown.map((row) => h("div.preview-row", {},
      row.class ? h("span.mono.class-name", { title: row.class }, row.class) : null,
      h("div.seen-texts", {}, ...row.texts.slice(0, TEXTS).map((text) => h("div", { dir: "auto", title: text }, text))), h("span.s.n", {}, count(row.n)))));
  }

  /**
   * @param {import("../shared/api.js").Report} report
   * @param {import("../shared/api.js").PreviewRow[]} shown
   */
  async #draw(report, shown) {
    if (report.are_texts) return this.#write(shown);
    /** @type {HTMLCanvasElement[]} */
    const canvases = [];
    this.rows.replaceChildren(...shown.map((row) => {
      const tiles = row.examples.map(() => picture(".seen"));
      canvases.push(...tiles.map(({ canvas }) => canvas));
      const name = row.class ? `${row.class}${report.from_folders ? "/" : ""}` : shown.length > 1 ? "none" : "";
      return h("div.preview-row", {}, name ? h("span.mono.class-name", { title: name }, name) : null,
        h("div.seen-tiles", {}, ...tiles.map(({ element }) => element)), h("span.s.n", {}, count(row.n)));
    }));
    const examples = shown.flatMap((row) => row.examples);
    const bytes = await this.shelf.images(report.id, examples).catch(() => null);
    if (!bytes) return;
    const pixels = report.kind === "vector" ? strips(bytes, report.shape[0]) : bytes;
    /** @type {import("../shared/api.js").ImageShape} */
    const shape = report.kind === "vector" ? [1, report.shape[0], 1] : report.shape;
    const size = shape[0] * shape[1] * shape[2];
    canvases.forEach((canvas, k) => paint(canvas, pixels.subarray(k * size, (k + 1) * size), shape));
  }
}

/**
 * Rows of float32 as bytes of ink, each number over the range that it has here.
 * @param {Uint8Array} bytes
 * @param {number} n how many a row has
 */
function strips(bytes, n) {
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const out = new Uint8Array(values.length);
  for (let column = 0; column < n; column++) {
    let [low, high] = [Infinity, -Infinity];
    for (let k = column; k < values.length; k += n) [low, high] = [Math.min(low, values[k]), Math.max(high, values[k])];
    for (let k = column; k < values.length; k += n) out[k] = high > low ? (255 * (values[k] - low)) / (high - low) : 128;
  }
  return out;
}
