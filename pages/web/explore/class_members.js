/** Images of a class, by label or by a sure guess, and which two classes lie beside each other on the map. */

const SURE = 0.8;

/** @typedef {Pick<import("../session/session_state.js").SessionState, "classes" | "labelOf" | "guessOf">} Known */

/**
 * Of each class the images that are surely of it: with its label, and guessed so with 80% or more.
 * @param {Known} client
 * @param {number} n of images
 * @returns {Map<number, number[]>} by class id, those with a label first
 */
export function membersOf(client, n) {
  /** @type {Map<number, number[]>} */
  const labelled = new Map(client.classes.map(({ id }) => [id, []]));
  /** @type {Map<number, number[]>} */
  const guessed = new Map(client.classes.map(({ id }) => [id, []]));
  for (let example = 0; example < n; example++) {
    const label = client.labelOf(example);
    if (label !== null) {
      labelled.get(label)?.push(example);
      continue;
    }
    const guess = client.guessOf(example);
    if (guess && guess.p >= SURE) guessed.get(guess.best)?.push(example);
  }
  return new Map([...labelled].map(([id, examples]) => [id, [...examples, ...(guessed.get(id) ?? [])]]));
}

/**
 * The image of a class nearest to its middle on the map; null of none.
 * @param {number[]} examples
 * @param {Float32Array} xy n x 2
 */
export function middleOf(examples, xy) {
  if (!examples.length) return null;
  const [x, y] = [0, 1].map((axis) => median(examples.map((example) => xy[2 * example + axis])));
  const away = (/** @type {number} */ example) => (xy[2 * example] - x) ** 2 + (xy[2 * example + 1] - y) ** 2;
  return examples.reduce((best, example) => (away(example) < away(best) ? example : best));
}

/**
 * The middle images of the two classes that lie nearest to each other on the map; null where fewer than two have images.
 * @param {Map<number, number[]>} members
 * @param {Float32Array} xy n x 2
 * @returns {[number, number] | null} examples
 */
export function neighbouringPair(members, xy) {
  const middles = [...members.values()].flatMap((examples) => middleOf(examples, xy) ?? []);
  /** @type {[number, number] | null} */
  let found = null;
  let best = Infinity;
  for (let i = 0; i < middles.length; i++)
    for (let j = i + 1; j < middles.length; j++) {
      const [a, b] = [middles[i], middles[j]];
      const away = (xy[2 * a] - xy[2 * b]) ** 2 + (xy[2 * a + 1] - xy[2 * b + 1]) ** 2;
      if (away < best) [best, found] = [away, [a, b]];
    }
  return found;
}

/** @param {number[]} values */
function median(values) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length / 2)];
}
