/**
 * Which colour each dot has: n x (r, g, b, alpha) bytes. Full colour means class, and nothing else;
 * people, domains and islands have muted ones.
 */

import { NONE, STATES, isClass } from "../session/label_overlay.js";
import { colourOf, domainColour } from "../shared/people.js";

const DIM = 0.6; // of what is not selected
const JUNK = 0.3; // of what is thrown away
const SOLO_DIM = 0.13; // of other classes while one is looked at
const TURN = 137.5; // degrees of hue from one island to the next: no two neighbours are alike

/** @typedef {import("../shared/theme.js").Rgb} Rgb */
/** @typedef {[colour: Rgb, alpha: number]} Dot */

/**
 * What is known of the examples, now or at another time.
 * @typedef {object} Said
 * @property {Uint8Array | null} labels
 * @property {{best: Uint8Array, p: Uint8Array} | null} guesses
 * @property {Set<number>} selection
 * @property {number | null} solo
 */

/**
 * @typedef {object} Colouring
 * @property {import("./colour_sources.js").ColourMode} mode
 * @property {boolean} isFaint thumbnails lie on the dots
 * @property {Said} client
 * @property {import("../shared/theme.js").Theme} theme
 * @property {import("./colour_sources.js").ColourSources} colourSources
 */

/**
 * A person's label always wins over the guess. The less sure a guess, the fainter its dot; by confidence
 * it is the other way round, so that doubtful ones stand out, and so do odd ones.
 * @param {{n: number} & Colouring} what n: how many dots there are
 */
export function dotColours({ n, mode, isFaint, client, theme, colourSources }) {
  const out = new Uint8Array(n * 4);
  const { labels, guesses, selection, solo } = client;
  const crowd = n > 20000 ? 0.62 : 1; // many dots lie on each other: each one is fainter
  const strength = isFaint ? 0.2 : crowd;
  const values = colourSources.of(mode);
  const shade = shadeBy(mode, colourSources, theme);
  for (let i = 0; i < n; i++) {
    const label = labels ? labels[i] : NONE;
    const guess = guesses ? guesses.best[i] : NONE;
    const sure = guesses ? guesses.p[i] / 255 : 0.5;
    const [colour, alpha] = values && label !== STATES.junk ? shade(values[i]) : dot(mode, label, guess, sure, theme);
    let a = alpha * strength;
    if (selection.size && !selection.has(i)) a *= DIM;
    if (solo !== null && (isClass(label) ? label : guess) !== solo) a *= SOLO_DIM;
    out[i * 4] = colour[0];
    out[i * 4 + 1] = colour[1];
    out[i * 4 + 2] = colour[2];
    out[i * 4 + 3] = a * 255;
  }
  return out;
}

/**
 * What paints a value of colour_sources.js.
 * @param {Colouring["mode"]} mode
 * @param {Colouring["colourSources"]} colourSources
 * @param {Colouring["theme"]} theme
 * @returns {(value: number) => Dot}
 */
function shadeBy(mode, colourSources, theme) {
  /** @type {Dot} */
  const nothing = [theme.unlabelled, 0.3];
  if (mode === "column") return (value) => (value ? [theme.text2, 0.05 + 0.9 * (value / 255)] : nothing);
  if (mode === "oddness") return (value) => (value ? [theme.text2, 0.06 + 0.9 * (value / 255) ** 3] : nothing);
  if (mode === "domain") return (value) => (value ? [theme.bytes(domainColour(value - 1)), 0.8] : nothing);
  const paint = mode === "person" ? (/** @type {number} */ k) => theme.bytes(colourOf(colourSources.people[k]))
    : (/** @type {number} */ k) => theme.bytes(`hsl(${(k * TURN) % 360} 30% ${theme.isDark ? 62 : 48}%)`);
  /** @type {Dot[]} */
  const painted = [];
  return (value) => (value ? (painted[value] ??= [paint(value - 1), mode === "person" ? 0.95 : 0.7]) : nothing);
}

/**
 * @param {Colouring["mode"]} mode
 * @param {number} label
 * @param {number} guess
 * @param {number} sure
 * @param {Colouring["theme"]} theme
 * @returns {Dot}
 */
function dot(mode, label, guess, sure, theme) {
  if (label === STATES.junk) return [theme.unlabelled, JUNK];
  if (mode === "confidence" && guess !== NONE) return [theme.text2, 0.1 + 0.85 * (1 - sure)];
  if (isClass(label)) return [theme.ofClass(label), 0.95];
  if (mode === "guess" && guess !== NONE) return [theme.ofClass(guess), 0.45 + 0.4 * sure];
  return [theme.unlabelled, 0.8];
}

/**
 * n x 1 bytes, 1 where selected.
 * @param {number} n
 * @param {Iterable<number>} selection
 */
export function chosenOf(n, selection) {
  const out = new Uint8Array(n);
  for (const example of selection) out[example] = 1;
  return out;
}

/**
 * The colours on the way from one set to another, for a fade that starts during another.
 * @param {Uint8Array | null} old
 * @param {Uint8Array | null} next
 * @param {number} share of the way
 */
export function between(old, next, share) {
  if (share >= 1 || !old || !next) return next;
  return next.map((value, i) => old[i] + (value - old[i]) * share);
}
