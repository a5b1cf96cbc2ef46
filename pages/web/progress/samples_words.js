/** What the panel of drawings says: what it waits for and for how long, or why there are none. */

import { doing, wholeAge } from "../shared/format.js";
import { nounOf } from "../texts/texts.js";

/** @typedef {import("../shared/api.js").State} State */

const KINDS = "Each row is a kind that the model found without a label. Your first labels say which class it is.";
export const CANNOT = "it cannot draw this yet";

/**
 * Above the drawings; "" where they speak for themselves.
 * @param {(Pick<State, "trainer" | "snapshot" | "labels"> & Partial<Pick<State, "data">>) | null} state
 * @param {object} drawn
 * @param {boolean} drawn.any whether there are drawings
 * @param {boolean} drawn.byClass whether they are of classes
 * @param {boolean} drawn.none whether all of them are no pictures
 */
export function wordsFor(state, { any, byClass, none }) {
  if (state?.trainer.state === "failed") return any ? "" : "Nothing is drawn: the trainer is not running.";
  if (!state || (!state.snapshot && !any)) return any ? "" : "The first drawings come when the model has started.";
  const waits = waitsFor(state.trainer);
  if (!any) return waits ? `It is learning to draw. The first drawings come when this is done: ${waits}.`
    : "It is learning to draw. The first drawings come when it can.";
  if (none) return `It cannot draw this yet: what it draws is like nothing that it has seen. ${
    waits ? `It still learns: ${waits}.` : "Better drawings come as it learns."}`;
  const better = waits && `Better drawings may come after this: ${waits}.`;
  if (byClass && !state.labels.n) return `${KINDS} ${better}`.trim();
  if (byClass) return better;
  const first = state.labels.n ? "It is learning your classes." : "Your first labels sort these into rows.";
  if (better) return `${first} ${better}`;
  const draws = `It already draws ${nounOf({ state })}s`;
  return state.labels.n ? `${draws}. ${first}` : `${draws}, but it knows no classes. ${first}`;
}

/**
 * What is learned before better drawings, and for how long: "" where nothing is.
 * @param {State["trainer"]} trainer
 */
function waitsFor({ state, message, seconds_left: left }) {
  if (state !== "pretraining") return "";
  const [what] = doing(message);
  const time = left !== null && Number.isFinite(left) ? `, ${wholeAge(left)} left` : "";
  return what ? `${decapital(what)}${time}` : "";
}

/**
 * A sentence's beginning within another; a name such as M1 stays.
 * @param {string} text
 */
function decapital(text) {
  return /^[A-Z][a-z]/.test(text) ? `${text.slice(0, 1).toLowerCase()}${text.slice(1)}` : text;
}
