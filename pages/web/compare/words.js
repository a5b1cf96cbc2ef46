/** What the Compare page says, in words. Pure. */

import { count, many, wholeAge } from "../shared/format.js";

const FOLLOWS = ["networks", "likelihood", "batch", "M1", "seed"]; // from the model, mostly
const NUMBERS = ["No", "One", "Two", "Three", "Four", "Five", "Six"];

/** @typedef {import("./answers.js").Member} Member */

/**
 * "Three models, the same 100 labels".
 * @param {number} models
 * @param {number} labels
 */
export function title(models, labels) {
  return `${NUMBERS[models] ?? count(models)} model${models === 1 ? "" : "s"}, the same ${many(labels, "label")}`;
}

/**
 * 0.042 -> "4.2%".
 * @param {number} share
 */
export function percent(share) {
  return `${(share * 100).toFixed(1)}%`;
}

/**
 * "95% interval 1.8–9.4".
 * @param {{low: number, high: number}} error
 */
export function interval({ low, high }) {
  return `95% interval ${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}`;
}

/**
 * How far a member is, or what became of it.
 * @param {Member} member
 * @returns {string} "" for one that is done
 */
export function progress({ state, message, seconds_left: left, budget }) {
  switch (state) {
    case "training": return `Learning${message ? `: ${message}` : ""}${left === null ? "" : `, ${wholeAge(left)} left`}`;
    case "waiting": return message || `Waits for its turn: ${wholeAge(budget)} of learning`;
    case "failed": return message || "It could not learn. Remove it, or train it again.";
    case "cancelled": return message || "Cancelled before it had learned from all labels.";
    default: return "";
  }
}

/**
 * How long it takes: "30 s of learning", "three × 30 s of learning, one after the other: about 90 s".
 * @param {number} models
 * @param {number} budget seconds each
 */
export function takes(models, budget) {
  return `${models > 1 ? `${NUMBERS[models].toLowerCase()} × ` : ""}${wholeAge(budget)} of learning${models > 1 ? `, one after the other: about ${wholeAge(models * budget)}` : ""}`;
}

/**
 * The settings of a member that are not everybody's, what somebody chose first: "latent dim 8 · batch 16 + 64".
 * @param {Record<string, string>} differs
 */
export function differences(differs) {
  const named = Object.entries(differs).filter(([name]) => name !== "model");
  const rank = (/** @type {string} */ name) => (FOLLOWS.includes(name) ? 1 : 0);
  return named.sort(([a], [b]) => rank(a) - rank(b)).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`).join(" · ");
}

/**
 * What is to be said where the members have not learned from the labels that are meant; null where they have.
 * @param {Pick<import("./answers.js").ComparisonAnswer, "labels" | "members">} answer
 * @param {string | null} wanted whose labels a person wants instead; "" for everybody's
 * @returns {{words: string, go: string, models: number} | null} a sentence, what a press does, and how many it trains
 */
export function notice({ labels: { n, newer, who, people }, members }, wanted) {
  if (!members.length) return null;
  if (wanted !== null) {
    const theirs = people.find(({ name }) => name === wanted)?.n;
    const whose = wanted ? `${wanted}'s${theirs === undefined ? "" : ` ${count(theirs)}`}` : "everybody's";
    return { words: `These have learned from the labels of ${who || "everybody"}.`, go: `Train all on ${whose} labels`, models: members.length };
  }
  if (newer) return { words: `${many(newer, "label")} came later: these know ${count(n)}.`, go: "Train all again", models: members.length };
  const left = members.filter(({ state }) => state === "cancelled" || state === "failed");
  if (!left.length) return null;
  const words = left.length === 1 ? `${left[0].title} has not learned from all labels.` : `${NUMBERS[left.length]} have not learned from all labels.`;
  return { words, go: "Go on", models: left.length };
}
