/** What is said of operations without an answer, and how they are written to a file. Pure. */

import { many } from "../shared/format.js";

/** @typedef {import("../shared/api.js").Operation} Operation */
/** @typedef {import("./outbox.js").Outbox} Outbox */

/**
 * What decides on it, of the client.
 * @typedef {object} Known
 * @property {string} connection
 * @property {string} refusal
 * @property {Pick<Outbox, "unsent" | "parked" | "trouble" | "isLate" | "isKept">} outbox
 */

/**
 * Whether a person should know that there are some: they wait for long, or for something.
 * @param {Known} known
 */
export function ownTrouble({ connection, outbox }) {
  const { unsent, parked, trouble, isLate, isKept } = outbox;
  if (!unsent.length) return false;
  return Boolean(parked.length || trouble || isLate || !isKept || connection === "refused" || connection === "lost");
}

/**
 * Why they are not saved, and what becomes of them.
 * @param {Known} known
 */
export function whyInWords({ connection, refusal, outbox }) {
  const { unsent, parked, trouble, isKept } = outbox;
  const reasons = [trouble || (connection === "refused" ? refusal : "")
    || (connection === "lost" ? "The server does not answer." : "The server has not answered yet.")];
  if (!isKept) reasons.push("This browser keeps nothing for the app: leave this page open until they are saved.");
  else if (parked.length < unsent.length) reasons.push("They are kept in this browser, and sent as soon as the app answers for this session.");
  if (parked.length) reasons.push(`${many(parked.length, "change")} the server could not take: try again, or download ${parked.length === 1 ? "it" : "them"}.`);
  return reasons.join(" ");
}

/**
 * "4 labels", or "4 changes" where some are of classes, or take something back.
 * @param {Operation[]} ops
 */
export function countInWords(ops) {
  const isLabel = (/** @type {Operation} */ { kind }) => !kind.startsWith("class-") && kind !== "undo" && kind !== "redo";
  return many(ops.length, ops.every(isLabel) ? "label" : "change");
}

/**
 * A file of them, as a person or a script reads it.
 * @param {{session: string, name: string, ops: Operation[]}} unsent
 * @param {{id: number, name: string}[]} classes as far as they are known
 */
export function asFile({ session, name, ops }, classes) {
  const names = new Map(classes.map((cls) => [cls.id, cls.name]));
  const operations = ops.map(({ op_id, kind, examples, class: cls, name: called, colour, into, order, then, at }) => ({
    op_id, kind, examples, class: cls, class_name: cls === undefined ? undefined : names.get(cls), name: called, colour, into, order, then,
    given_at: at ? new Date(at).toISOString() : undefined,
  }));
  return JSON.stringify({ session, session_name: name, not_saved: operations }, null, 2);
}
