/** What the model takes examples for, of many at once. */

/** @typedef {Pick<import("../session/session_client.js").SessionClient, "guessOf">} Guessing */

/**
 * The classes that the model takes the examples for, the commonest first.
 * @param {Guessing} client
 * @param {number[]} examples
 * @returns {number[]} ids
 */
export function guessedClasses(client, examples) {
  const counts = new Map();
  for (const example of examples) {
    const guess = client.guessOf(example);
    if (guess) counts.set(guess.best, (counts.get(guess.best) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

/**
 * Class id -> the examples that are called so: all as the given one, or each as its guess.
 * @param {Guessing} client
 * @param {number[]} examples
 * @param {number | null} given
 */
export function byClass(client, examples, given) {
  /** @type {Map<number, number[]>} */
  const groups = new Map();
  for (const example of examples) {
    const cls = given ?? client.guessOf(example)?.best;
    if (cls !== undefined) groups.set(cls, [...(groups.get(cls) ?? []), example]);
  }
  return groups;
}
