/** Which colour and size each dot of a member's map has. Pure. */

import { NOTHING } from "./opinions.js";

const AGREES = 0.32; // alpha where it says what most say
const DIFFERS = 0.95;
const UNSELECTED = 0.22; // of the alpha, of what is not selected
const FEW = 4000; // dots, that have room to be seen
const MANY = 20000; // dots, that are small

/**
 * @typedef {object} Colouring
 * @property {Uint8Array | null} best class ids; null before a model has any
 * @property {Uint8Array | null} differs 1 where it differs from the majority
 * @property {Set<number>} selection
 * @property {Pick<import("../shared/theme.js").Theme, "ofClass" | "unlabelled">} theme
 */

/**
 * n x (r, g, b, alpha) bytes.
 * @param {number} n
 * @param {Colouring} how
 */
export function dotColours(n, { best, differs, selection, theme }) {
  const out = new Uint8Array(n * 4);
  const agrees = n > MANY ? AGREES * 1.6 : n < FEW ? AGREES * 1.3 : AGREES;
  for (let i = 0; i < n; i++) {
    const cls = best?.[i] ?? NOTHING;
    const colour = cls === NOTHING ? theme.unlabelled : theme.ofClass(cls);
    const alpha = (best && differs?.[i] ? DIFFERS : agrees) * (selection.size && !selection.has(i) ? UNSELECTED : 1);
    out[i * 4] = colour[0];
    out[i * 4 + 1] = colour[1];
    out[i * 4 + 2] = colour[2];
    out[i * 4 + 3] = alpha * 255;
  }
  return out;
}

/**
 * Radius of a dot that agrees, and of one that differs: px.
 * @param {number} n
 * @param {number} zoom
 * @returns {[agrees: number, differs: number]}
 */
export function radiusOf(n, zoom) {
  const grow = Math.min(3, Math.max(1, zoom) ** 0.4);
  const small = Math.min(1.8, Math.max(0.55, 1.2 * (8000 / Math.max(1, n)) ** 0.4));
  return [small * grow, (small + Math.min(0.7, 0.45 + 1000 / Math.max(1, n))) * grow];
}
