/** Operations in words, as undo and redo name them; the server's wording.py says the same. */

import { many } from "../shared/format.js";

/** @type {Record<string, string>} by kind */
const WITHOUT_CLASS = { unsure: "as unsure", junk: "as junk", skip: "skipped", clear: "without a label" };

/**
 * "82 images as 7", "image 7011 as junk".
 * @param {{kind: string, examples: number[], label: number | null}} change
 * @param {{classOf(id: number | null): {name: string} | undefined}} client
 */
export function doneInWords({ kind, examples, label }, client) {
  const what = examples.length === 1 ? `image ${examples[0]}` : many(examples.length, "image");
  const name = client.classOf(label)?.name ?? label;
  return `${what} ${WITHOUT_CLASS[kind] ?? `as ${name}${kind === "group" ? ", named as a group" : ""}`}`;
}
