/** What the Compare page says, in words. Pure. */

import { count, many, wholeAge } from "../shared/format.js";

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
    case "training": return `${message || "Learning"}${left === null ? "" : `, ${wholeAge(left)} left`}`;
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
 * The settings of a member that are not everybody's: "networks wide · batch 16 + 64".
 * @param {Record<string, string>} differs
 */
export function differences(differs) {
  return Object.entries(differs).filter(([name]) => name !== "model").map(([name, value]) => `${name} ${value}`).join(" · ");
}
