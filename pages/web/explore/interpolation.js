/** The steps from one code to another, by two ways, and along a line that a hand has drawn. */

/** @typedef {"line" | "arc"} Way */
/** @typedef {[x: number, y: number]} Point */

/**
 * n codes from `a` to `b`, both among them, one after the other.
 *
 * "line" is a + t (b - a). "arc" turns the direction evenly along the great circle through both, about `middle`, while
 * the length goes evenly from the one to the other: between draws of a normal density the line passes nearer to the
 * middle than its examples lie, the arc does not (White 2016). Opposite directions have no arc: then it is the line.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} n 2 or more
 * @param {Way} way
 * @param {Float32Array} [middle] of all codes; 0 if left out
 */
export function between(a, b, n, way, middle = new Float32Array(a.length)) {
  const out = new Float32Array(n * a.length);
  for (let k = 0; k < n; k++) out.set(at(a, b, k / (n - 1), way, middle), k * a.length);
  return out;
}

/**
 * The code at a share of the way.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} t from 0 to 1
 * @param {Way} way
 * @param {Float32Array} middle
 */
export function at(a, b, t, way, middle = new Float32Array(a.length)) {
  const from = a.map((value, k) => value - middle[k]);
  const to = b.map((value, k) => value - middle[k]);
  const [first, second] = [norm(from), norm(to)];
  const cosine = Math.min(1, Math.max(-1, dot(from, to) / (first * second || 1)));
  const angle = Math.acos(cosine);
  const hasArc = way === "arc" && first > 0 && second > 0 && angle > 1e-4 && Math.PI - angle > 1e-4;
  if (!hasArc) return a.map((value, k) => value + t * (b[k] - value));
  const length = first + t * (second - first);
  const [before, after] = [Math.sin((1 - t) * angle), Math.sin(t * angle)].map((sine) => (sine / Math.sin(angle)) * length);
  return from.map((value, k) => middle[k] + (before * value) / first + (after * to[k]) / second);
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
export function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/** @param {Float32Array} a */
export function norm(a) {
  return Math.sqrt(dot(a, a));
}

/**
 * n places along a drawn line, evenly by its length, the first and the last among them.
 * @param {Point[]} path one point at least
 * @param {number} n 2 or more
 * @returns {Point[]}
 */
export function alongPath(path, n) {
  const lengths = [0];
  for (let k = 1; k < path.length; k++) lengths.push(lengths[k - 1] + Math.hypot(path[k][0] - path[k - 1][0], path[k][1] - path[k - 1][1]));
  const whole = lengths[lengths.length - 1];
  let piece = 1;
  return Array.from({ length: n }, (_, k) => {
    const wanted = (whole * k) / (n - 1);
    while (piece < path.length - 1 && lengths[piece] < wanted) piece += 1;
    if (!whole || path.length < 2) return path[0];
    const share = Math.min(1, (wanted - lengths[piece - 1]) / (lengths[piece] - lengths[piece - 1] || 1));
    const [[x, y], [toX, toY]] = [path[piece - 1], path[piece]];
    return [x + share * (toX - x), y + share * (toY - y)];
  });
}

/**
 * Codes one after the other, each the mean of those around it weighted by a normal density, so that a film does not jump
 * where the nearest dots change. The first and the last stay near to what they were: the window ends with the film.
 * @param {Float32Array} codes n * dim
 * @param {number} dim
 * @param {number} width standard deviation, in steps; 0 changes nothing
 */
export function smooth(codes, dim, width) {
  if (!(width > 0)) return codes.slice();
  const n = codes.length / dim;
  const out = new Float32Array(codes.length);
  for (let k = 0; k < n; k++) {
    const reach = Math.min(Math.ceil(3 * width), k, n - 1 - k);
    let total = 0;
    for (let other = k - reach; other <= k + reach; other++) {
      const weight = Math.exp(-(((other - k) / width) ** 2) / 2);
      total += weight;
      for (let d = 0; d < dim; d++) out[k * dim + d] += weight * codes[other * dim + d];
    }
    for (let d = 0; d < dim; d++) out[k * dim + d] /= total;
  }
  return out;
}

/**
 * The share of the way at which `f` goes from below 0 to above, by halving: f(low) and f(high) have two signs.
 * @param {(t: number) => number} f
 * @param {number} low
 * @param {number} high
 * @param {number} halvings
 */
export function bisect(f, low, high, halvings = 12) {
  const isUp = f(high) > f(low);
  for (let k = 0; k < halvings; k++) {
    const middle = (low + high) / 2;
    if (f(middle) > 0 === isUp) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
