/** A column as a histogram, a range of it, and what a colour is made of. No DOM. */

export const N_BINS = 40;
const TOP = 0.99; // share of the values that get a shade of their own; those above are darkest

/**
 * How many values lie in each of N_BINS equal parts between the smallest and the largest.
 * @param {Float32Array} values NaN where missing
 */
export function histogram(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const counts = new Uint32Array(N_BINS);
  if (low > high) return { low: 0, high: 0, counts };
  const wide = (high - low) / N_BINS || 1;
  for (const value of values) if (!Number.isNaN(value)) counts[Math.min(N_BINS - 1, Math.floor((value - low) / wide))] += 1;
  return { low, high, counts };
}

/**
 * The examples whose value lies between two, both included.
 * @param {Float32Array} values
 * @param {number} from
 * @param {number} to
 */
export function within(values, from, to) {
  /** @type {number[]} */
  const found = [];
  for (let i = 0; i < values.length; i++) if (values[i] >= from && values[i] <= to) found.push(i);
  return found;
}

/**
 * A byte an example: 0 where missing, 1 for the smallest, 255 for the largest and what is as good as that.
 * @param {Float32Array} values
 */
export function shades(values) {
  const known = Float32Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  const out = new Uint8Array(values.length);
  if (!known.length) return out;
  const low = known[0];
  const top = known[Math.floor(TOP * (known.length - 1))];
  const high = top > low ? top : known[known.length - 1];
  const wide = high - low || 1;
  values.forEach((value, i) => {
    if (!Number.isNaN(value)) out[i] = 1 + Math.round(254 * Math.min(1, (value - low) / wide));
  });
  return out;
}
