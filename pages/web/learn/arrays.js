/** Arrays of figures as they are sent, and the ranges that two of them share so that they can be compared. */

/** @typedef {import("./lessons.js").SentArray} SentArray */
/** @typedef {import("./lessons.js").Figure} Figure */
/** @typedef {[low: number, high: number]} Range */

const KINDS = { float32: Float32Array, uint8: Uint8Array, int32: Int32Array };
const MARGIN = 0.05; // of a range, so that no dot lies on the frame

/**
 * The numbers of an array that was sent, whatever its shape.
 * @param {SentArray | number[] | number[][]} sent
 * @returns {ArrayLike<number>}
 */
export function numbers(sent) {
  if (Array.isArray(sent)) return sent.flat();
  const text = atob(sent.base64);
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return new KINDS[sent.dtype](bytes.buffer);
}

/**
 * The least and the greatest of some arrays' finite numbers; [0, 1] where there is none.
 * @param {ArrayLike<number>[]} arrays
 * @param {{start?: number, step?: number}} every which numbers of each array count
 * @returns {Range}
 */
export function rangeOf(arrays, { start = 0, step = 1 } = {}) {
  let [low, high] = [Infinity, -Infinity];
  for (const array of arrays)
    for (let k = start; k < array.length; k += step)
      if (Number.isFinite(array[k])) [low, high] = [Math.min(low, array[k]), Math.max(high, array[k])];
  return low <= high ? [low, high] : [0, 1];
}

/**
 * The same range with a margin, and never empty.
 * @param {Range} range
 * @returns {Range}
 */
export function widened([low, high]) {
  const margin = (high - low || Math.abs(high) || 1) * MARGIN;
  return [low - margin, high + margin];
}

/**
 * What figures that stand beside each other have in common, in each figure's order: ranges of x and y, by place.
 * A figure of one side is compared with the one in the same place of the other, where that is of its kind.
 *
 * @param {(Figure[] | null)[]} sides
 * @returns {{x: Range, y: Range}[]}
 */
export function sharedRanges(sides) {
  const there = /** @type {Figure[][]} */ (sides.filter(Boolean));
  const most = Math.max(0, ...there.map((figures) => figures.length));
  return Array.from({ length: most }, (_, k) => {
    const kind = there.find((figures) => figures[k])?.[k].kind;
    return rangesOf(there.flatMap((figures) => (figures[k]?.kind === kind ? [figures[k]] : [])));
  });
}

/**
 * @param {Figure[]} figures of one kind
 * @returns {{x: Range, y: Range}}
 */
function rangesOf(figures) {
  const of = (/** @type {(figure: any) => ArrayLike<number>[]} */ arrays) => figures.flatMap(arrays);
  switch (figures[0].kind) {
    case "scatter": {
      const xy = of((figure) => [numbers(figure.xy)]);
      return { x: widened(rangeOf(xy, { step: 2 })), y: widened(rangeOf(xy, { start: 1, step: 2 })) };
    }
    case "lines": return { x: rangeOf(of((figure) => [numbers(figure.x)])),
      y: widened(rangeOf(of((figure) => Object.values(figure.ys).map(numbers)))) };
    case "bars": {
      const [low, high] = rangeOf(of((figure) => [numbers(figure.values)]));
      return { x: [0, 1], y: [Math.min(0, low), Math.max(0, high) || 1] };
    }
    default: return { x: [0, 1], y: [0, 1] };
  }
}

/**
 * Where each class lies in a scatter: the median of its dots, for those that have at least a share of them.
 * @param {ArrayLike<number>} xy
 * @param {ArrayLike<number>} cls
 * @param {number} least share of all dots
 * @returns {{cls: number, x: number, y: number}[]} most dots first
 */
export function mediansOf(xy, cls, least = 0.01) {
  /** @type {Map<number, number[]>} */
  const dots = new Map(); // by class
  for (let k = 0; k < cls.length; k += 1) {
    const here = dots.get(cls[k]) ?? [];
    here.push(k);
    dots.set(cls[k], here);
  }
  const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1];
  return [...dots].filter(([, ids]) => ids.length >= least * cls.length).sort((a, b) => b[1].length - a[1].length)
    .map(([id, ids]) => ({ cls: id, x: median(ids.map((k) => xy[2 * k])), y: median(ids.map((k) => xy[2 * k + 1])) }));
}
