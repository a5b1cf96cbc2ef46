/** Numbers of figures, as much of them as one reads. */

/**
 * As much of a number as one reads: 1234.5 -> "1234", 12.04 -> "12.0", 0.512 -> "0.51", 0 -> "0".
 * @param {number} value
 */
export function rounded(value, digits = digitsFor(value)) {
  if (!Number.isFinite(value)) return "–";
  const text = value.toFixed(digits);
  return Number(text) === 0 ? "0" : text.replace("-", "\u2212");
}

/**
 * How many digits after the point one reads of numbers of this size.
 * @param {number} size
 */
export function digitsFor(size) {
  return Math.abs(size) >= 100 ? 0 : Math.abs(size) >= 1 ? 1 : 2;
}

