// @ts-nocheck (its types are not written yet)
/**
 * Which colour each dot has: n x (r, g, b, alpha) bytes. Full colour means class, and nothing else;
 * people and islands have muted ones.
 */

import { NONE, STATES, isClass } from "../session/label_overlay.js";
import { colourOf } from "../shared/people.js";

const DIM = 0.6; // of what is not selected
const JUNK = 0.3; // of what is thrown away
const SOLO_DIM = 0.13; // of other classes while one is looked at
const TURN = 137.5; // degrees of hue from one island to the next: no two neighbours are alike

/**
 * mode: "guess", "label", "confidence", or one of colour_sources.js. A person's label always wins over the
 * guess. The less sure a guess, the fainter its dot; by confidence it is the other way round, so
 * that doubtful ones stand out, and so do odd ones. isFaint: thumbnails lie on the dots.
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

/** What paints a value of colour_sources.js: value -> [three bytes, alpha]. */
function shadeBy(mode, colourSources, theme) {
  const nothing = [theme.unlabelled, 0.3];
  if (mode === "oddness") return (value) => (value ? [theme.text2, 0.06 + 0.9 * (value / 255) ** 3] : nothing);
  const paint = mode === "person" ? (k) => theme.bytes(colourOf(colourSources.people[k]))
    : (k) => theme.bytes(`hsl(${(k * TURN) % 360} 30% ${theme.isDark ? 62 : 48}%)`);
  const painted = [];
  return (value) => (value ? (painted[value] ??= [paint(value - 1), mode === "person" ? 0.95 : 0.7]) : nothing);
}

function dot(mode, label, guess, sure, theme) {
  if (label === STATES.junk) return [theme.unlabelled, JUNK];
  if (mode === "confidence" && guess !== NONE) return [theme.text2, 0.1 + 0.85 * (1 - sure)];
  if (isClass(label)) return [theme.ofClass(label), 0.95];
  if (mode === "guess" && guess !== NONE) return [theme.ofClass(guess), 0.45 + 0.4 * sure];
  return [theme.unlabelled, 0.8];
}

/** n x 1 bytes, 1 where selected. */
export function chosenOf(n, selection) {
  const out = new Uint8Array(n);
  for (const example of selection) out[example] = 1;
  return out;
}

/** The colours on the way from one set to another, for a fade that starts during another. */
export function between(old, next, share) {
  if (share >= 1 || !old) return next;
  return next.map((value, i) => old[i] + (value - old[i]) * share);
}
