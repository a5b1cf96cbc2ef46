/** The steps of the time machine: the moments that are kept, and what is shown now. No DOM. */

import { many } from "../shared/format.js";

/**
 * A moment as the server lists it.
 * @typedef {object} Moment
 * @property {string} id "now" for what is shown at present
 * @property {number} n_labels
 * @property {number} at seconds since 1970
 * @property {string} map the name of the map that was shown
 * @property {number} columns of drawings that are kept, 0 for none
 * @property {number[]} undrawn drawings that are no pictures, counted along classes and columns
 */

/**
 * @typedef {object} Listing
 * @property {Moment[]} moments oldest first
 * @property {number} hidden how many are kept of labels that were undone
 * @property {Moment | null} now what is shown at present
 * @property {[number, number][]} curve labels and the share of right guesses
 * @property {{name: string, title: string}[]} against what guesses can be compared with
 */

export const NOW = "now";

/**
 * What the slider goes through: all moments, and then what is shown now.
 * @param {Listing} listing
 * @returns {Moment[]}
 */
export function stepsOf({ moments, now }) {
  return now ? [...moments, now] : moments;
}

/**
 * The step with so many labels, or the last before; the newest where none is asked for.
 * @param {Moment[]} steps
 * @param {number | undefined} labels
 */
export function stepAt(steps, labels) {
  if (labels === undefined) return steps.length - 1;
  const kept = steps.filter((step) => step.id !== NOW);
  const first = kept.findIndex((step) => step.n_labels > labels);
  return Math.max(0, (first < 0 ? kept.length : first) - 1);
}

/**
 * The last step up to this one that has drawings, or -1.
 * @param {Moment[]} steps
 * @param {number} k
 */
export function drawnStep(steps, k) {
  while (k >= 0 && !steps[k].columns) k -= 1;
  return k;
}

/**
 * The examples whose guess is another.
 * @param {Uint8Array} before
 * @param {Uint8Array} now
 * @returns {number[]}
 */
export function changedGuesses(before, now) {
  const changed = [];
  for (let i = 0; i < now.length; i++) if (before[i] !== now[i]) changed.push(i);
  return changed;
}

/**
 * At most so many of them, evenly.
 * @param {number[]} examples
 * @param {number} most
 */
export function someOf(examples, most) {
  const step = Math.max(1, examples.length / most);
  return Array.from({ length: Math.min(most, examples.length) }, (_, k) => examples[Math.floor(k * step)]);
}

/**
 * What is missing, in sentences; "" where nothing is.
 * @param {Listing} listing
 */
export function whatIsMissing({ moments, hidden, now }) {
  const said = [];
  if (!moments.length && now) said.push("This session has no moments of before: they are kept from the next label on.");
  else if (moments.length && moments[0].n_labels > 1) said.push(`The first moment that was kept is at ${many(moments[0].n_labels, "label")}.`);
  if (hidden) said.push(`${many(hidden, "moment")} of labels that were undone ${hidden === 1 ? "is" : "are"} hidden; redo brings ${hidden === 1 ? "it" : "them"} back.`);
  return said.join(" ");
}

/**
 * What is taken for what most often: [class, guess, times], of a confusion matrix.
 * @param {number[]} classes
 * @param {number[][]} counts a row a class that is true
 * @param {number} most
 * @returns {[number, number, number][]}
 */
export function confusions(classes, counts, most) {
  /** @type {[number, number, number][]} */
  const found = [];
  counts.forEach((row, i) => row.forEach((times, j) => i !== j && times && found.push([classes[i], classes[j], times])));
  return found.sort((a, b) => b[2] - a[2]).slice(0, most);
}
