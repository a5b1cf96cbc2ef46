/**
 * Pixels of the examples: fetched in batches, kept, drawn as ink.
 *
 * Grey images are drawn in black with alpha = intensity; in the dark theme CSS turns such a canvas
 * white. So an image is never a black box on a white page, and a change of theme redraws nothing.
 */

import { context } from "./dom.js";

const PER_REQUEST = 256; // well under the server's 1024, so that the first ones come soon
const KEPT = 20000; // examples; 16 MB of MNIST
const GATHER = 8; // ms during which wishes are put into one request

/** @typedef {{resolve: (pixels: Uint8Array) => void, reject: (error: unknown) => void}} Waiter */

export class Images {
  /**
   * @param {(ids: number[]) => Promise<Uint8Array>} fetchPixels gives those of all ids, one after the other
   * @param {() => void} onArrival called after each batch
   */
  constructor(fetchPixels, onArrival) {
    this.#fetch = fetchPixels;
    this.#arrived = onArrival;
  }

  /** @type {import("./api.js").ImageShape | null} */
  shape = null; // set when the data is known
  /** @type {import("../texts/texts.js").Texts | null} */
  texts = null; // where the examples are texts
  #fetch;
  #arrived;
  /** @type {Map<number, Uint8Array>} */
  #kept = new Map();
  /** @type {Map<number, {waiters: Waiter[], sent: boolean}>} */
  #wanted = new Map(); // by id
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * The pixels if they are here, else null.
   * @param {number} id
   */
  peek(id) {
    if (this.texts) return null; // nothing of a text is drawn on a map
    return this.#kept.get(id) ?? null;
  }

  /**
   * Asks for pixels without waiting for them.
   * @param {Iterable<number>} ids
   */
  want(ids) {
    if (this.texts) return;
    for (const id of ids) if (!this.#kept.has(id)) this.#ask(id);
  }

  /**
   * The pixels of one example; rejects if the server cannot give them.
   * @param {number} id
   * @returns {Promise<Uint8Array>}
   */
  get(id) {
    const here = this.#kept.get(id);
    if (here) return Promise.resolve(here);
    return new Promise((resolve, reject) => this.#ask(id, { resolve, reject }));
  }

  /**
   * Draws an example into a canvas, now or when its pixels arrive (if still wanted then).
   * @param {HTMLCanvasElement} canvas
   * @param {number} id
   */
  draw(canvas, id) {
    if (this.texts) return this.texts.draw(canvas, id);
    if (canvas.dataset.example === String(id)) return;
    canvas.dataset.example = String(id);
    const here = this.peek(id);
    if (here && this.shape) return paint(canvas, here, this.shape);
    context(canvas).clearRect(0, 0, canvas.width, canvas.height);
    this.get(id).then(
      (pixels) => this.shape && canvas.dataset.example === String(id) && paint(canvas, pixels, this.shape),
      () => delete canvas.dataset.example,
    );
  }

  /**
   * @param {number} id
   * @param {Waiter} [waiter]
   */
  #ask(id, waiter) {
    const wish = this.#wanted.get(id) ?? { waiters: [], sent: false };
    this.#wanted.set(id, wish);
    if (waiter) wish.waiters.push(waiter);
    this.#timer ||= setTimeout(() => this.#send(), GATHER);
  }

  #send() {
    this.#timer = undefined;
    if (!this.shape) return void (this.#timer = setTimeout(() => this.#send(), 50));
    const [height, width, channels] = this.shape;
    const unsent = [...this.#wanted].filter(([, wish]) => !wish.sent);
    for (const [, wish] of unsent) wish.sent = true;
    const ids = unsent.map(([id]) => id);
    for (let i = 0; i < ids.length; i += PER_REQUEST) this.#load(ids.slice(i, i + PER_REQUEST), height * width * channels);
  }

  /**
   * @param {number[]} ids
   * @param {number} size bytes of an example
   */
  async #load(ids, size) {
    try {
      const bytes = await this.#fetch(ids);
      ids.forEach((id, k) => this.#keep(id, bytes.slice(k * size, (k + 1) * size)));
    } catch (error) {
      for (const id of ids) this.#settle(id, (waiter) => waiter.reject(error));
    }
    this.#arrived();
  }

  /**
   * @param {number} id
   * @param {Uint8Array} pixels
   */
  #keep(id, pixels) {
    this.#kept.set(id, pixels);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT) this.#kept.delete(oldest);
    this.#settle(id, (waiter) => waiter.resolve(pixels));
  }

  /**
   * @param {number} id
   * @param {(waiter: Waiter) => void} tell
   */
  #settle(id, tell) {
    const wish = this.#wanted.get(id);
    this.#wanted.delete(id);
    wish?.waiters.forEach(tell);
  }
}

/**
 * Pixels into RGBA: grey ones as ink of colour `ink`, coloured ones as they are.
 * @param {Uint8Array} pixels
 * @param {import("./api.js").ImageShape} shape
 * @param {number[]} ink
 */
export function toRgba(pixels, [height, width, channels], ink = [0, 0, 0]) {
  const out = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    if (channels === 1) {
      out.data.set(ink, i * 4);
      out.data[i * 4 + 3] = pixels[i];
    } else {
      out.data.set(pixels.subarray(i * channels, i * channels + 3), i * 4);
      out.data[i * 4 + 3] = 255;
    }
  }
  return out;
}

/**
 * Draws pixels at their own size; CSS scales the canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pixels
 * @param {import("./api.js").ImageShape} shape
 */
export function paint(canvas, pixels, shape) {
  canvas.width = shape[1];
  canvas.height = shape[0];
  canvas.classList.toggle("ink", shape[2] === 1);
  context(canvas).putImageData(toRgba(pixels, shape), 0, 0);
}
