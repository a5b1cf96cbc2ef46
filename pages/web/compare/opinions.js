/** What several models take every example for, set against each other. Pure: no network, no DOM. */

export const NOTHING = 255; // what a model takes an example for that it takes for nothing

/**
 * The class that most models name, of every example; where as many name another, that of the first model.
 * @param {Uint8Array[]} opinions class ids of n examples, a model each
 * @returns {Uint8Array} n
 */
export function majority(opinions) {
  const [first, ...others] = opinions;
  const out = first?.slice() ?? new Uint8Array();
  const votes = new Uint8Array(NOTHING + 1);
  for (let i = 0; i < out.length; i++) {
    if (others.every((other) => other[i] === first[i])) continue;
    let best = first[i];
    for (const opinion of opinions) votes[opinion[i]] += 1;
    votes[NOTHING] = 0;
    for (const opinion of opinions) if (votes[opinion[i]] > votes[best]) best = opinion[i];
    for (const opinion of opinions) votes[opinion[i]] = 0;
    out[i] = best;
  }
  return out;
}

/**
 * 1 where a model names another class than the majority.
 * @param {Uint8Array} own
 * @param {Uint8Array} most
 * @returns {Uint8Array} n
 */
export function differing(own, most) {
  return own.map((cls, i) => Number(cls !== most[i]));
}

/**
 * The examples about which models differ, in the order in which a label teaches most: the more classes are
 * named the earlier; of these, the closer the vote; of these, the less sure the models are.
 * @param {{best: Uint8Array, p: Uint8Array}[]} guesses of n examples, a model each; p from 0 to 255
 * @param {(example: number) => boolean} isAsked whether an example is wanted at all
 * @returns {number[]} examples
 */
export function disagreements(guesses, isAsked) {
  if (guesses.length < 2) return [];
  const n = guesses[0].best.length;
  /** @type {{example: number, worth: number}[]} */
  const found = [];
  for (let i = 0; i < n; i++) {
    const worth = spread(guesses, i);
    if (worth && isAsked(i)) found.push({ example: i, worth });
  }
  return found.sort((a, b) => b.worth - a.worth || a.example - b.example).map(({ example }) => example);
}

/**
 * 0 where all models name the same class, otherwise the more the less they agree.
 * @param {{best: Uint8Array, p: Uint8Array}[]} guesses
 * @param {number} i the example
 */
function spread(guesses, i) {
  const [first, ...others] = guesses;
  if (others.every(({ best }) => best[i] === first.best[i])) return 0; // most examples, by far
  /** @type {Map<number, number>} */
  const votes = new Map();
  let sure = 0;
  for (const { best, p } of guesses) {
    if (best[i] === NOTHING) continue;
    votes.set(best[i], (votes.get(best[i]) ?? 0) + 1);
    sure += p[i];
  }
  if (votes.size < 2) return 0;
  const given = [...votes.values()].reduce((sum, k) => sum + k, 0);
  return 1000 * votes.size + 100 * (given - Math.max(...votes.values())) + 99 * (1 - sure / (256 * given));
}

/**
 * What a confusion matrix has more than another of the same classes.
 * @param {number[][]} counts
 * @param {number[][]} before
 */
export function difference(counts, before) {
  return counts.map((row, r) => row.map((n, c) => n - (before[r]?.[c] ?? 0)));
}
