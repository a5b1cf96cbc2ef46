/** What the rows of the three lists have in common. */

import { h, picture } from "../shared/dom.js";
import { clock } from "../shared/format.js";

const DAY = 86400; // seconds

/**
 * A row with its image; `focused` is the one that keys are about.
 * @param {{example: number, images: import("../shared/images.js").Images, focused: boolean, onclick: () => void}} what
 * @param {HTMLElement[]} children
 */
export function row({ example, images, focused, onclick }, ...children) {
  const { element, canvas } = picture(".doubted");
  images.draw(canvas, example);
  return h(`div.doubt${focused ? ".f" : ""}`, { "data-example": example, role: "listitem",
    "aria-current": String(focused), onclick }, element, ...children);
}

/**
 * "by you, today 13:41", "by Ben, yesterday".
 * @param {string} who
 * @param {number} at seconds since 1970
 * @param {string} me the name of who sits here
 */
export function by(who, at, me) {
  const name = who === me ? "you" : who || "somebody";
  return `by ${name}, ${when(at)}`;
}

/** @param {number} at */
function when(at) {
  const today = new Date().setHours(0, 0, 0, 0) / 1000;
  if (at >= today) return `today ${clock(at).slice(0, 5)}`;
  if (at >= today - DAY) return "yesterday";
  return new Date(at * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}
