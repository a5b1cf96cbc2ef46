/** The bound of every member, term by term, and what it counts. */

import { h } from "../shared/dom.js";
import { signed } from "../shared/format.js";

const ORDER = ["picture", "features", "style", "auxiliary", "class"];

/** @typedef {import("./answers.js").Member} Member */
/** @typedef {import("./answers.js").Result} Result */

/**
 * The columns that any of them has, in one order.
 * @param {Result[]} results
 */
export function termsOf(results) {
  const all = new Set(results.flatMap(({ bound }) => Object.keys(bound.terms)));
  const rank = (/** @type {string} */ term) => (ORDER.indexOf(term) + 1 || ORDER.length + 1);
  return [...all].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/**
 * The mean over images that are the same for all members; of the last steps where there is none.
 * @param {Result | null | undefined} result
 */
export const meanOf = (result) => result?.bound.of_images ?? result?.bound.total ?? null;

/**
 * What has to be said about comparing them.
 * @param {Result[]} results
 */
export function note(results) {
  const counted = countedBy(results);
  const limits = "Each is a lower limit of the same quantity, not the quantity itself.";
  if (counted.size < 2) return counted.size ? `Higher is better. ${limits}` : "None of these has a bound.";
  return "Only bounds that count the same can be compared: there higher is better.";
}

/** @param {Result[]} results */
const countedBy = (results) => new Set(results.filter((result) => meanOf(result) !== null).map(({ bound }) => bound.counts));

/**
 * @param {import("./compare_view.js").CompareView} view
 * @returns {HTMLElement}
 */
export function boundTable(view) {
  const rows = view.members.map((member) => ({ member, result: view.resultOf(member) }));
  const results = rows.flatMap(({ result }) => (result ? [result] : []));
  if (!results.length) return h("div.nothing.s", {}, "The bounds come with the first results.");
  const terms = termsOf(results);
  const counted = countedBy(results);
  const cell = (/** @type {number | null | undefined} */ value) => (value === null || value === undefined ? "–" : signed(value));
  return h("div.bounds", { "data-testid": "bounds" }, h("table", {},
    h("tr", {}, h("th"), ...terms.map((term) => h("th", {}, term)), h("th", {}, "bound")),
    ...rows.map(({ member, result }) => h(`tr${member.id === view.chosen?.id ? ".chosen" : ""}`, { "data-testid": `bound-${member.id}` },
      h("th", { scope: "row" }, member.title, counted.size > 1 && result && meanOf(result) !== null ? h("div.s", {}, `counts ${result.bound.counts}`) : null),
      ...terms.map((term) => h("td", {}, cell(result?.bound.terms[term]))), h("td", {}, h("b", { title: "The mean over images that are the same for all" }, cell(meanOf(result))))))),
  h("div.s.bound-note", {}, `${terms.length ? "Terms of the last steps, bounds of the same images: nats" : "Bounds of the same images: nats"} per image${counted.size === 1 && !counted.has("the image") ? `, counting ${[...counted][0]}` : ""}. ${note(results)}`));
}
