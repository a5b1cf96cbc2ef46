/**
 * The operations of a decoder's program, as ssvae_core/decoding/program.py describes them.
 *
 * Rows lie one after the other in `v`, pictures in them as height, width, channels.
 */

import { add, product, sparseConv } from "./products.js";

/**
 * @typedef {object} Operation
 * @property {string} name
 * @property {Record<string, number>} sizes
 * @property {Float32Array[]} weights
 * @property {number[][]} shapes of the weights
 */

/** @typedef {{dim: number, cost: number, operations: Operation[]}} Program */

/**
 * @typedef {object} Run what operations read and change
 * @property {number} n rows
 * @property {Float32Array} v
 * @property {number} width of a row of v
 * @property {Float32Array} input
 * @property {number} inputWidth
 * @property {ArrayLike<number>} classes (n,)
 * @property {Float32Array[]} kept
 */

/**
 * What rows of codes (n * dim) stand for as these classes (n): n * D.
 * @param {Program} program
 * @param {Float32Array} z
 * @param {ArrayLike<number>} classes
 */
export function runProgram(program, z, classes) {
  /** @type {Run} */
  const run = { n: classes.length, v: z.slice(), width: program.dim, input: z, inputWidth: program.dim, classes, kept: [] };
  for (const operation of program.operations) OPERATIONS[operation.name](run, operation);
  return run.v;
}

/** @type {Record<string, (run: Run, operation: Operation) => void>} */
export const OPERATIONS = {
  linear(run, { weights: [weights, bias] }) {
    take(run, product(run.v, run.n, run.width, weights, bias), bias.length);
  },
  from_input(run, { weights: [weights] }) {
    add(run.v, product(run.input, run.n, run.inputWidth, weights, new Float32Array(run.width)));
  },
  class_row(run, { weights: [rows] }) {
    eachRow(run, (row, cls) => {
      for (let k = 0; k < row.length; k++) row[k] += rows[cls * row.length + k];
    });
  },
  class_only(run, { weights: [rows], shapes: [[, width]] }) {
    take(run, new Float32Array(run.n * width), width);
    eachRow(run, (row, cls) => row.set(rows.subarray(cls * width, (cls + 1) * width)));
  },
  class_linear(run, { weights: [weights, bias], shapes: [[, width, nIn]] }) {
    const { v } = run;
    take(run, new Float32Array(run.n * width), width);
    eachRow(run, (row, cls, k) => row.set(product(v.subarray(k * nIn, (k + 1) * nIn), 1, nIn,
      weights.subarray(cls * width * nIn, (cls + 1) * width * nIn), bias.subarray(cls * width, (cls + 1) * width))));
  },
  latent(run, { sizes: { at, most } }) {
    const width = run.width / 2;
    const { v, input, inputWidth } = run;
    const out = new Float32Array(run.n * width);
    for (let row = 0; row < run.n; row++)
      for (let k = 0; k < width; k++) {
        const logVar = Math.min(Math.max(v[row * run.width + width + k], -most), most);
        out[row * width + k] = v[row * run.width + k] + Math.exp(0.5 * logVar) * input[row * inputWidth + at + k];
      }
    take(run, out, width);
  },
  input(run) {
    run.input = run.v.slice();
    run.inputWidth = run.width;
  },
  relu: each((x) => (x > 0 ? x : 0)),
  leaky_relu: each((x, { slope }) => (x > 0 ? x : slope * x)),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  clamp: each((x, { low, high }) => Math.min(Math.max(x, low), high)),
  squash: each((x, { most }) => Math.tanh(x / most) * most),
  conv(run, { sizes: { height, width }, weights: [weights, bias], shapes: [[size, , nIn, nOut]] }) {
    const out = new Float32Array(run.n * height * width * nOut);
    for (let row = 0; row < run.n; row++)
      sparseConv(run.v.subarray(row * run.width, (row + 1) * run.width), { height, width, nIn, nOut, size }, weights, bias,
        out.subarray(row * height * width * nOut, (row + 1) * height * width * nOut));
    take(run, out, height * width * nOut);
  },
  upsample(run, { sizes }) {
    const { height, width, to_height: toHeight, to_width: toWidth } = sizes;
    replace(run, sizes, toHeight, toWidth, (y, x) => [Math.floor((y * height) / toHeight), Math.floor((x * width) / toWidth)]);
  },
  crop(run, { sizes }) {
    replace(run, sizes, sizes.to_height, sizes.to_width, (y, x) => [y, x]);
  },
  shuffle(run, { sizes: { height, width, channels } }) {
    const out = new Float32Array(run.v.length);
    for (let row = 0; row < run.n; row++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let place = 0; place < 4; place++) {
            const from = row * run.width + ((y * width + x) * 4 + place) * channels;
            const to = row * run.width + ((2 * y + (place >> 1)) * 2 * width + 2 * x + (place & 1)) * channels;
            for (let c = 0; c < channels; c++) out[to + c] = run.v[from + c];
          }
    take(run, out, run.width);
  },
  keep(run) {
    run.kept.push(run.v.slice());
  },
  add_kept(run) {
    const kept = run.kept.pop();
    if (kept) add(run.v, kept);
  },
};

/**
 * An operation on every number.
 * @param {(x: number, sizes: Record<string, number>) => number} f
 */
function each(f) {
  return (/** @type {Run} */ { v }, /** @type {Operation} */ { sizes }) => {
    for (let k = 0; k < v.length; k++) v[k] = f(v[k], sizes);
  };
}

/**
 * @param {Run} run
 * @param {(row: Float32Array, cls: number, k: number) => void} f
 */
function eachRow({ v, n, width, classes }, f) {
  for (let k = 0; k < n; k++) f(v.subarray(k * width, (k + 1) * width), classes[k], k);
}

/**
 * @param {Run} run
 * @param {Float32Array} v
 * @param {number} width
 */
function take(run, v, width) {
  run.v = v;
  run.width = width;
}

/**
 * Pictures of other sides, each place from another one.
 * @param {Run} run
 * @param {Record<string, number>} sizes
 * @param {number} toHeight
 * @param {number} toWidth
 * @param {(y: number, x: number) => [number, number]} from
 */
function replace(run, { width, channels }, toHeight, toWidth, from) {
  const toWhole = toHeight * toWidth * channels;
  const out = new Float32Array(run.n * toWhole);
  for (let y = 0; y < toHeight; y++)
    for (let x = 0; x < toWidth; x++) {
      const [fromY, fromX] = from(y, x);
      for (let row = 0; row < run.n; row++)
        for (let c = 0; c < channels; c++)
          out[row * toWhole + (y * toWidth + x) * channels + c] = run.v[row * run.width + (fromY * width + fromX) * channels + c];
    }
  take(run, out, toWhole);
}
