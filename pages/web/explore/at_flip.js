/** The real images where the guess flips: selected on the map, so that a class key labels them. */

import { many } from "../shared/format.js";

const MOST = 12; // images at once

/**
 * Selects those of which nothing was said yet; a sentence of what came of it.
 * @param {Pick<import("../session/session_state.js").SessionState, "isOpen" | "setSelection">} client
 * @param {ArrayLike<number>} near real images, the nearest first; none where the guess does not flip
 */
export function selectOpen(client, near) {
  if (!near.length) return "The guess does not change along this film. Pick two images of different classes.";
  const open = Array.from(near).filter((example) => client.isOpen(example)).slice(0, MOST);
  if (!open.length) return "Every real image near the flip has a label already.";
  client.setSelection(open);
  return `${many(open.length, "image")} near the flip ${open.length === 1 ? "is" : "are"} selected on the map: press the key of a class.`;
}
