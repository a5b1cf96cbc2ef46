/** The names of the classes on the map: each at the median of its confident points. */

const SURE = 204; // of 255: 80%
const SEEN = 15000; // points: a median needs no more
const FEW = 5; // points that make no place

/** @typedef {import("./camera.js").Point} Point */

/**
 * @typedef {object} PlacedName a class's name on the map, in the world's units
 * @property {import("../shared/api.js").LookedClass} cls
 * @property {number} n points that place it
 * @property {Point} from
 * @property {Point} to
 * @property {number} x as drawn
 * @property {number} y
 */

export class ClassCaptions {
  /** @type {PlacedName[]} */
  list = []; // the largest class first: where two meet, it has the place

  /**
   * Takes a map (n x 2, or null), new guesses or new classes; the names glide there with the dots.
   * @param {{classes: import("../shared/api.js").LookedClass[], guesses: {best: Uint8Array, p: Uint8Array} | null}} client
   * @param {Float32Array | null} xy
   */
  place(client, xy) {
    const old = new Map(this.list.map((name) => [name.cls.id, name]));
    const places = namePlaces(xy, client.guesses);
    const named = client.classes.flatMap((cls) => {
      const [was, place] = [old.get(cls.id), places.get(cls.id)];
      if (!place) return [];
      /** @type {Point} */
      const from = was ? [was.x, was.y] : place.to;
      return [{ cls, n: place.n, from, to: place.to, x: from[0], y: from[1] }];
    });
    this.list = named.sort((a, b) => b.n - a.n);
  }

  /** @param {number} share of the way to the new places, in [0, 1] */
  tick(share) {
    for (const name of this.list) {
      name.x = name.from[0] + (name.to[0] - name.from[0]) * share;
      name.y = name.from[1] + (name.to[1] - name.from[1]) * share;
    }
  }
}

/**
 * Where the name of each class stands by its id, and how many points say so.
 * @param {Float32Array | null} xy
 * @param {{best: Uint8Array, p: Uint8Array} | null} guesses
 * @returns {Map<number, {to: Point, n: number}>}
 */
function namePlaces(xy, guesses) {
  /** @type {Map<number, [xs: number[], ys: number[]]>} */
  const points = new Map();
  if (!guesses || !xy) return new Map();
  const { best, p } = guesses;
  const step = Math.ceil(best.length / SEEN);
  for (let i = 0; i < best.length; i += step) {
    if (p[i] < SURE) continue;
    const [xs, ys] = points.get(best[i]) ?? [[], []];
    points.set(best[i], [xs, ys]);
    xs.push(xy[2 * i]);
    ys.push(xy[2 * i + 1]);
  }
  const clear = [...points].filter(([, [xs]]) => xs.length >= FEW);
  return new Map(clear.map(([id, [xs, ys]]) => [id, { to: [median(xs), median(ys)], n: xs.length }]));
}

/** @param {number[]} values */
function median(values) {
  return Float32Array.from(values).sort()[values.length >> 1];
}
