/** How numbers, shares and times are written on screen. */

const GAP = "\u00a0"; // a space that does not break: 60 000
const MINUS = "\u2212"; // the true minus sign, as wide as a digit

/**
 * 60000 -> "60 000".
 * @param {number} n
 */
export function count(n) {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, GAP);
}

/**
 * 0.524 -> "52%".
 * @param {number} p
 */
export function share(p) {
  return `${Math.round(p * 100)}%`;
}

/**
 * 0.9672 -> "96.7%".
 * @param {number} p
 */
export function preciseShare(p) {
  return `${(p * 100).toFixed(1)}%`;
}

/**
 * -97.43 -> "−97.4".
 * @param {number} x
 */
export function signed(x) {
  return `${x < 0 ? MINUS : ""}${Math.abs(x).toFixed(1)}`;
}

/**
 * 0.5 -> "+0.5", -2 -> "−2", 0 -> "0".
 * @param {number} x
 */
export function plusMinus(x) {
  const rounded = Math.round(x * 100) / 100;
  return `${rounded > 0 ? "+" : rounded < 0 ? MINUS : ""}${Math.abs(rounded)}`;
}

/**
 * 0.256 -> "0.26".
 * @param {number} x
 */
export function twoPlaces(x) {
  return `${x < 0 ? MINUS : ""}${Math.abs(x).toFixed(2)}`;
}

/**
 * Seconds since 1970 -> "14:02:11" in the reader's own time zone.
 * @param {number} seconds
 */
export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

/**
 * 0.62 -> "0.6 s", 75 -> "75 s", 400 -> "7 min", 8000 -> "2 h".
 * @param {number} seconds
 */
export function age(seconds) {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/**
 * The same without tenths, for what is only estimated: "38 s".
 * @param {number} seconds
 */
export function wholeAge(seconds) {
  return seconds < 9.95 ? `${Math.max(1, Math.round(seconds))} s` : age(seconds);
}

/**
 * How far work is, and what is left of it, which may end before what it can come to at most.
 * @param {string} how "pass 3 of at most 60", as `doing` gives it; "" for nothing
 * @param {number | null} [seconds] that are left
 */
export function howFar(how, seconds = null) {
  const left = seconds === null ? "" : `${how.includes("at most") ? "at most " : ""}${wholeAge(seconds)} left`;
  return [how, left].filter(Boolean).join(", ");
}

/**
 * (1, "image") -> "1 image", (82, "image") -> "82 images".
 * @param {number} n
 * @param {string} word
 */
export function many(n, word) {
  return `${count(n)} ${word}${n === 1 ? "" : "s"}`;
}

/**
 * What the trainer says it does, how far it is, and what else: "encoding the images, 3,200 of 10,000. The disk is full."
 * @param {string} [message]
 * @returns {[what: string, how: string, note: string]}
 */
export function doing(message = "") {
  const [said, ...notes] = message.split(". ");
  const [what, ...how] = said.split(", ");
  return [capital(what), how.join(", "), notes.join(". ")];
}

/**
 * With a capital at its beginning.
 * @param {string} text
 */
export function capital(text) {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
