/** The views of the page, in the order of their tabs; each is a file that says what it shows. */

import { ArithmeticView } from "./arithmetic_view.js";
import { BetweenView } from "./between_view.js";
import { DrawView } from "./draw_view.js";
import { SamplesView } from "./samples_view.js";
import { StyleView } from "./style_view.js";
import { TimeView } from "./time_view.js";

/**
 * @typedef {object} View
 * @property {() => void} show it is on screen from here on
 * @property {() => void} hide
 * @property {() => void} destroy
 * @property {(state: Record<string, any>) => void} restore goes back to what it told the link; {} for its beginning
 * @property {(event: KeyboardEvent) => boolean} [key] true if the key meant something to it
 */

/**
 * @typedef {object} Entry
 * @property {string} name in the link
 * @property {string} title
 * @property {string} letter its key, in small letters
 * @property {boolean} [needsImages] it has nothing to show of vectors
 * @property {boolean} [needsNoDecoder] it shows something of its own while nothing draws
 * @property {new (panel: HTMLElement, shared: import("./explore_page.js").Shared) => View} View
 */

/** @type {Entry[]} */
export const VIEWS = [
  { name: "style", title: "Style", letter: "y", View: StyleView, needsImages: true },
  { name: "between", title: "Between", letter: "b", View: BetweenView, needsImages: true },
  { name: "arithmetic", title: "Arithmetic", letter: "a", View: ArithmeticView, needsImages: true },
  { name: "sampling", title: "Samples", letter: "g", View: SamplesView, needsNoDecoder: true },
  { name: "draw", title: "Draw", letter: "d", View: DrawView, needsImages: true, needsNoDecoder: true },
  { name: "time", title: "Time machine", letter: "t", View: TimeView, needsNoDecoder: true },
];
