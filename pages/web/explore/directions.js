/** Arithmetic with codes: the mean of several differences, and how far they agree. */

import { dot, norm } from "./interpolation.js";

const AGREE = 0.5; // mean cosine of two pairs from which on they are said to agree
const STEADY = 0.5; // standard error of the mean, as a share of its length, up to which the mean is worth more than one pair

/** @typedef {[plus: number, minus: number]} Pair examples: the one with, the one without */

/**
 * @typedef {object} Direction
 * @property {Float32Array} mean of the differences
 * @property {Float32Array[]} each pair's difference
 * @property {number} cosine between two pairs' differences, the mean over all two; NaN of fewer than two pairs
 * @property {number} error length of the mean's standard error as a share of the mean's length; NaN of fewer than two
 */

/**
 * plus - minus, for each pair and in the mean.
 * @param {Pair[]} pairs one at least
 * @param {(example: number) => Float32Array} of the code of an example
 * @returns {Direction}
 */
export function directionOf(pairs, of) {
  const each = pairs.map(([plus, minus]) => {
    const from = of(minus);
    return of(plus).map((value, d) => value - from[d]);
  });
  const mean = new Float32Array(each[0].length);
  for (const difference of each) for (let d = 0; d < mean.length; d++) mean[d] += difference[d] / each.length;
  return { mean, each, cosine: meanCosine(each), error: standardError(each, mean) };
}

/** @param {Float32Array[]} each */
function meanCosine(each) {
  let [sum, n] = [0, 0];
  for (let i = 0; i < each.length; i++)
    for (let j = 0; j < i; j++) {
      sum += dot(each[i], each[j]) / (norm(each[i]) * norm(each[j]) || 1);
      n += 1;
    }
  return n ? sum / n : NaN;
}

/**
 * @param {Float32Array[]} each
 * @param {Float32Array} mean
 */
function standardError(each, mean) {
  if (each.length < 2) return NaN;
  const squares = each.reduce((sum, difference) => sum + norm(difference.map((value, d) => value - mean[d])) ** 2, 0);
  return Math.sqrt(squares / (each.length - 1) / each.length) / (norm(mean) || 1);
}

/**
 * What the cosine between pairs says, in words.
 * @param {Direction} direction
 */
export function agreement({ cosine, error, each }) {
  if (Number.isNaN(cosine)) return "One pair says nothing of its spread. Take more.";
  if (cosine >= AGREE) return `The ${each.length} pairs agree.`;
  if (error <= STEADY) return `The ${each.length} pairs agree in part: trust their mean, not one of them.`;
  return `These ${each.length} pairs do not agree: others would give another direction.`;
}

/**
 * code + strength * direction.
 * @param {Float32Array} code
 * @param {Float32Array} direction
 * @param {number} strength
 */
export function along(code, direction, strength) {
  return code.map((value, d) => value + strength * direction[d]);
}

/**
 * Pairs of two groups: each of the one with each of the other in turn, so many at most. The groups are taken in the order
 * given; the shorter is gone through again.
 * @param {number[]} plus
 * @param {number[]} minus
 * @param {number} most
 * @returns {Pair[]}
 */
export function pairUp(plus, minus, most) {
  if (!plus.length || !minus.length) return [];
  const n = Math.min(most, Math.max(plus.length, minus.length));
  return Array.from({ length: n }, (_, k) => /** @type {Pair} */ ([plus[k % plus.length], minus[k % minus.length]]))
    .filter(([a, b]) => a !== b);
}
