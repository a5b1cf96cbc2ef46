/** The real images whose codes lie nearest to a code: every one is looked at. */

export const PLACED_BY = 5; // real images that say where on the map a code lies

/** @typedef {{best: number, p: number, second: number | null, p2: number}} Guess */

/**
 * The `most` nearest, the nearest first.
 * @param {Float32Array} codes n * dim, of all examples
 * @param {Float32Array} code dim
 * @param {number} most
 * @returns {{examples: Int32Array, distances: Float32Array}}
 */
export function nearestCodes(codes, code, most) {
  const dim = code.length;
  const n = codes.length / dim;
  const size = Math.min(most, n);
  const distances = new Float32Array(size).fill(Infinity);
  const examples = new Int32Array(size);
  for (let i = 0, start = 0; i < n; i++, start += dim) {
    const worst = distances[size - 1];
    let away = 0;
    for (let d = 0; d < dim && away < worst; d++) away += (codes[start + d] - code[d]) ** 2;
    if (!(away < worst)) continue;
    let place = size - 1;
    for (; place > 0 && distances[place - 1] > away; place--) {
      distances[place] = distances[place - 1];
      examples[place] = examples[place - 1];
    }
    distances[place] = away;
    examples[place] = i;
  }
  return { examples, distances: distances.map(Math.sqrt) };
}

/**
 * Where a code lies on the map: the mean of its nearest images' places, the nearer the heavier.
 * @param {{examples: Int32Array, distances: Float32Array}} near
 * @param {Float32Array} xy n x 2
 * @returns {[x: number, y: number]}
 */
export function placeOf({ examples, distances }, xy) {
  let [x, y, total] = [0, 0, 0];
  for (let k = 0; k < Math.min(PLACED_BY, examples.length); k++) {
    const weight = 1 / (distances[k] + 1e-6);
    x += weight * xy[2 * examples[k]];
    y += weight * xy[2 * examples[k] + 1];
    total += weight;
  }
  return [x / total, y / total];
}

/**
 * The share of each class among some examples: a label counts as 1, a guess as its probabilities, an example of which
 * nothing is known not at all. Empty where nothing is known of any.
 * @param {ArrayLike<number>} examples
 * @param {{labelOf: (example: number) => number | null, guessOf: (example: number) => Guess | null}} client
 * @returns {Map<number, number>} by class id; they add up to 1, or a little less where a guess has more than two classes
 */
export function classShares(examples, client) {
  /** @type {Map<number, number>} */
  const shares = new Map();
  let known = 0;
  const add = (/** @type {number} */ cls, /** @type {number} */ p) => shares.set(cls, (shares.get(cls) ?? 0) + p);
  for (const example of Array.from(examples)) {
    const label = client.labelOf(example);
    const guess = label === null ? client.guessOf(example) : null;
    if (label === null && !guess) continue;
    known += 1;
    if (label !== null) add(label, 1);
    else if (guess) {
      add(guess.best, guess.p);
      if (guess.second !== null) add(guess.second, guess.p2);
    }
  }
  for (const [cls, sum] of shares) shares.set(cls, sum / known);
  return shares;
}

/**
 * The class of the largest share, or null of none.
 * @param {Map<number, number>} shares
 */
export function largest(shares) {
  /** @type {number | null} */
  let found = null;
  for (const [cls, share] of shares) if (found === null || share > (shares.get(found) ?? 0)) found = cls;
  return found;
}

/**
 * Where along a film the class changes: between which steps, to what, and at which share of the way the two shares cross.
 * @param {Map<number, number>[]} steps the shares at each step
 * @returns {{at: number, from: number, to: number}[]} at: from 0 to 1
 */
export function flips(steps) {
  const found = [];
  /** @type {number | null} */
  let before = null;
  let last = 0;
  for (let k = 0; k < steps.length; k++) {
    const now = largest(steps[k]);
    if (now === null) continue;
    if (before !== null && now !== before) {
      const [first, second] = [margin(steps[last], before, now), margin(steps[k], before, now)];
      const share = first === second ? 0.5 : first / (first - second);
      found.push({ at: (last + share * (k - last)) / (steps.length - 1), from: before, to: now });
    }
    [before, last] = [now, k];
  }
  return found;
}

/**
 * By how much more the one class is there than the other.
 * @param {Map<number, number>} shares
 * @param {number} one
 * @param {number} other
 */
export function margin(shares, one, other) {
  return (shares.get(one) ?? 0) - (shares.get(other) ?? 0);
}
