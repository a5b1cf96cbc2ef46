// @ts-nocheck (its types are not written yet)
/** The names of the classes on the map: each at the median of its confident points. */

const SURE = 204; // of 255: 80%
const SEEN = 15000; // points: a median needs no more
const FEW = 5; // points that make no place

export class ClassCaptions {
  constructor() {
    this.list = []; // {cls, x, y} as drawn, the largest class first: where two meet, it has the place
  }

  /** Takes a map (n x 2, or null), new guesses or new classes; the names glide there with the dots. */
  place(client, xy) {
    const old = new Map(this.list.map((name) => [name.cls.id, name]));
    const places = namePlaces(xy, client.guesses);
    const named = client.classes.filter((cls) => places.has(cls.id)).map((cls) => {
      const was = old.get(cls.id);
      const { to, n } = places.get(cls.id);
      const from = was ? [was.x, was.y] : to;
      return { cls, n, from, to, x: from[0], y: from[1] };
    });
    this.list = named.sort((a, b) => b.n - a.n);
  }

  /** share: of the way to the new places, in [0, 1]. */
  tick(share) {
    for (const name of this.list) {
      name.x = name.from[0] + (name.to[0] - name.from[0]) * share;
      name.y = name.from[1] + (name.to[1] - name.from[1]) * share;
    }
  }
}

/** Class id -> {to: [x, y], n: points seen}. */
function namePlaces(xy, guesses) {
  const points = new Map();
  if (!guesses || !xy) return points;
  const { best, p } = guesses;
  const step = Math.ceil(best.length / SEEN);
  for (let i = 0; i < best.length; i += step) {
    if (p[i] < SURE) continue;
    if (!points.has(best[i])) points.set(best[i], [[], []]);
    points.get(best[i])[0].push(xy[2 * i]);
    points.get(best[i])[1].push(xy[2 * i + 1]);
  }
  const clear = [...points].filter(([, [xs]]) => xs.length >= FEW);
  return new Map(clear.map(([id, [xs, ys]]) => [id, { to: [median(xs), median(ys)], n: xs.length }]));
}

function median(values) {
  return Float32Array.from(values).sort()[values.length >> 1];
}
