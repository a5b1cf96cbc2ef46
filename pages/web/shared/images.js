// @ts-nocheck (its types are not written yet)
/**
 * Pixels of the examples: fetched in batches, kept, drawn as ink.
 *
 * Grey images are drawn in black with alpha = intensity; in the dark theme CSS turns such a canvas
 * white. So an image is never a black box on a white page, and a change of theme redraws nothing.
 */

const PER_REQUEST = 256; // well under the server's 1024, so that the first ones come soon
const KEPT = 20000; // examples; 16 MB of MNIST
const GATHER = 8; // ms during which wishes are put into one request

export class Images {
  /** fetchPixels(ids) -> Uint8Array of all of them; `onArrival()` after each batch. */
  constructor(fetchPixels, onArrival) {
    this.shape = null; // [height, width, channels], set when the data is known
    this.#fetch = fetchPixels;
    this.#arrived = onArrival;
  }

  #fetch;
  #arrived;
  #kept = new Map();
  #wanted = new Map(); // id -> functions to call
  #timer = 0;

  /** The pixels if they are here, else null. */
  peek(id) {
    return this.#kept.get(id) ?? null;
  }

  /** Asks for pixels without waiting for them. */
  want(ids) {
    for (const id of ids) if (!this.#kept.has(id)) this.#ask(id);
  }

  /** The pixels of one example; rejects if the server cannot give them. */
  get(id) {
    const here = this.peek(id);
    if (here) return Promise.resolve(here);
    return new Promise((resolve, reject) => this.#ask(id, { resolve, reject }));
  }

  /** Draws an example into a canvas, now or when its pixels arrive (if still wanted then). */
  draw(canvas, id) {
    if (canvas.dataset.example === String(id)) return;
    canvas.dataset.example = id;
    const here = this.peek(id);
    if (here) return paint(canvas, here, this.shape);
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    this.get(id).then(
      (pixels) => canvas.dataset.example === String(id) && paint(canvas, pixels, this.shape),
      () => delete canvas.dataset.example,
    );
  }

  #ask(id, waiter) {
    if (!this.#wanted.has(id)) this.#wanted.set(id, { waiters: [], sent: false });
    if (waiter) this.#wanted.get(id).waiters.push(waiter);
    this.#timer ||= setTimeout(() => this.#send(), GATHER);
  }

  #send() {
    this.#timer = 0;
    if (!this.shape) return void (this.#timer = setTimeout(() => this.#send(), 50));
    const ids = [...this.#wanted].filter(([, wish]) => !wish.sent).map(([id]) => id);
    for (let i = 0; i < ids.length; i += PER_REQUEST) this.#load(ids.slice(i, i + PER_REQUEST));
  }

  async #load(ids) {
    for (const id of ids) this.#wanted.get(id).sent = true;
    try {
      const bytes = await this.#fetch(ids);
      const size = this.shape[0] * this.shape[1] * this.shape[2];
      ids.forEach((id, k) => this.#keep(id, bytes.slice(k * size, (k + 1) * size)));
    } catch (error) {
      for (const id of ids) this.#settle(id, (waiter) => waiter.reject(error));
    }
    this.#arrived();
  }

  #keep(id, pixels) {
    this.#kept.set(id, pixels);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
    this.#settle(id, (waiter) => waiter.resolve(pixels));
  }

  #settle(id, tell) {
    const wish = this.#wanted.get(id);
    this.#wanted.delete(id);
    wish?.waiters.forEach(tell);
  }
}

/** Pixels into RGBA: grey ones as ink of colour `ink`, coloured ones as they are. */
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

/** Draws pixels at their own size; CSS scales the canvas. */
export function paint(canvas, pixels, shape) {
  canvas.width = shape[1];
  canvas.height = shape[0];
  canvas.classList.toggle("ink", shape[2] === 1);
  canvas.getContext("2d").putImageData(toRgba(pixels, shape), 0, 0);
}
