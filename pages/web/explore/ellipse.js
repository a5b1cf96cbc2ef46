/** The ellipse that places on a plane fill, as a normal distribution of them would. No DOM. */

const KEPT = 0.9; // of the places: the farthest, on another island of the map, do not stretch it

/** @typedef {[x: number, y: number]} Point */

/**
 * @typedef {object} Ellipse
 * @property {Point} centre
 * @property {number} major standard deviation along its longer axis
 * @property {number} minor the same across
 * @property {number} angle of the longer axis, from x towards y
 */

/**
 * By mean and covariance of the nine tenths that lie nearest to the middle, made those of all for normal places:
 * cov = c cov(kept), c = p / P(chi2_4 <= q) where P(chi2_2 <= q) = p (the reweighting of Rousseeuw's MCD).
 * @param {Point[]} places two at least
 * @returns {Ellipse}
 */
export function ellipseOf(places) {
  const middle = [median(places.map(([x]) => x)), median(places.map(([, y]) => y))];
  const away = (/** @type {Point} */ [x, y]) => Math.hypot(x - middle[0], y - middle[1]);
  const kept = [...places].sort((one, other) => away(one) - away(other)).slice(0, Math.max(2, Math.round(KEPT * places.length)));
  const n = kept.length;
  const [x, y] = [0, 1].map((axis) => kept.reduce((sum, place) => sum + place[axis], 0) / n);
  const of = (/** @type {number} */ a, /** @type {number} */ b) =>
    (inflation(n / places.length) * kept.reduce((sum, place) => sum + (place[a] - [x, y][a]) * (place[b] - [x, y][b]), 0)) / n;
  const [xx, yy, xy] = [of(0, 0), of(1, 1), of(0, 1)];
  const [mean, root] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  return { centre: [x, y], major: Math.sqrt(mean + root), minor: Math.sqrt(Math.max(mean - root, 0)), angle: Math.atan2(2 * xy, xx - yy) / 2 };
}

/** @param {number} p the share that is kept */
function inflation(p) {
  if (p >= 1) return 1;
  const q = -2 * Math.log(1 - p);
  return p / (1 - Math.exp(-q / 2) * (1 + q / 2));
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}
