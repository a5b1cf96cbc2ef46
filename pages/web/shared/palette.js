/** The colours that stand for many, at most 256: greys as they are, others by cutting where they spread most. */

const MOST = 256;
const KEPT_BITS = 5; // of each of red, green, blue: 32,768 different ones are told apart
const LOST = 8 - KEPT_BITS;

/** @typedef {{palette: Uint8Array, of: (red: number, green: number, blue: number) => number}} Palette of: the place of a colour in it */

/** All 256 greys, for pictures of one channel. */
export function greys() {
  const palette = Uint8Array.from({ length: 3 * MOST }, (_, k) => Math.floor(k / 3));
  /** @type {Palette} */
  const made = { palette, of: (red) => red };
  return made;
}

/**
 * By median cut: the box of colours that spreads widest is cut at its median until there are enough; each stands
 * for its mean.
 * @param {Uint8Array[]} pictures of three channels
 * @returns {Palette}
 */
export function coloursOf(pictures) {
  const boxes = [histogram(pictures)];
  while (boxes.length < MOST) {
    const widest = boxes.reduce((best, box, k) => (spreadOf(box).range > spreadOf(boxes[best]).range ? k : best), 0);
    const { axis, range } = spreadOf(boxes[widest]);
    if (!range) break;
    boxes.splice(widest, 1, ...cut(boxes[widest], axis));
  }
  const palette = Uint8Array.from(boxes.flatMap(meanOf));
  const places = new Map(boxes.flatMap((box, place) => box.map(({ bin }) => /** @type {const} */ ([bin, place]))));
  return { palette, of: (red, green, blue) => places.get(binOf(red, green, blue)) ?? nearest(palette, red, green, blue) };
}

/** @typedef {{bin: number, n: number, sum: number[], range?: number}} Colour those of one bin: how many, and the sums of their channels */

/** @type {WeakMap<Colour[], {axis: number, range: number}>} */
const spreads = new WeakMap();

/** @param {Uint8Array[]} pictures */
function histogram(pictures) {
  /** @type {Map<number, Colour>} */
  const bins = new Map();
  for (const picture of pictures)
    for (let at = 0; at < picture.length; at += 3) {
      const [red, green, blue] = [picture[at], picture[at + 1], picture[at + 2]];
      const bin = binOf(red, green, blue);
      const colour = bins.get(bin) ?? { bin, n: 0, sum: [0, 0, 0] };
      bins.set(bin, colour);
      colour.n += 1;
      colour.sum[0] += red;
      colour.sum[1] += green;
      colour.sum[2] += blue;
    }
  return [...bins.values()];
}

/**
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
const binOf = (red, green, blue) => ((red >> LOST) << (2 * KEPT_BITS)) | ((green >> LOST) << KEPT_BITS) | (blue >> LOST);

/**
 * Along which channel a box spreads most, and how far.
 * @param {Colour[]} box
 */
function spreadOf(box) {
  const known = spreads.get(box);
  if (known) return known;
  const ranges = [0, 1, 2].map((axis) => {
    const values = box.map(({ sum, n }) => sum[axis] / n);
    return values.reduce((a, b) => Math.max(a, b), 0) - values.reduce((a, b) => Math.min(a, b), 255);
  });
  const range = box.length > 1 ? Math.max(...ranges) : 0;
  const found = { axis: ranges.indexOf(Math.max(...ranges)), range };
  spreads.set(box, found);
  return found;
}

/**
 * @param {Colour[]} box
 * @param {number} axis
 */
function cut(box, axis) {
  const sorted = [...box].sort((a, b) => a.sum[axis] / a.n - b.sum[axis] / b.n);
  const half = sorted.reduce((total, { n }) => total + n, 0) / 2;
  let [at, seen] = [0, 0];
  while (at < sorted.length - 1 && (seen += sorted[at].n) < half) at += 1;
  at = Math.min(sorted.length - 1, at + 1);
  return [sorted.slice(0, at), sorted.slice(at)];
}

/** @param {Colour[]} box */
function meanOf(box) {
  const n = box.reduce((total, colour) => total + colour.n, 0) || 1;
  return [0, 1, 2].map((axis) => Math.round(box.reduce((total, { sum }) => total + sum[axis], 0) / n));
}

/**
 * @param {Uint8Array} palette
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
function nearest(palette, red, green, blue) {
  let [best, found] = [Infinity, 0];
  for (let k = 0; k < palette.length / 3; k++) {
    const away = (palette[3 * k] - red) ** 2 + (palette[3 * k + 1] - green) ** 2 + (palette[3 * k + 2] - blue) ** 2;
    if (away < best) [best, found] = [away, k];
  }
  return found;
}
