/**
 * The clusters of the map ("islands" on the screen): where dots lie densely together, apart from the others.
 *
 * ToMATo on a grid (Chazal et al. 2013): cells are taken from the densest down; a cell joins the
 * island of its densest neighbour, and where two islands meet, the lower one is swallowed unless its
 * peak stands well above the pass between them. Pure: no network, no DOM.
 */

const CELLS = 128; // along each side of the map
const BLUR = 2; // times that the counts are smoothed over 3 x 3 cells
const STANDS_OUT = 2.5; // times as dense as the pass: a peak of an island of its own
const SEA = 0.06; // of the mean density of what is inhabited: less is between the islands

export class Clusters {
  /**
   * 60 000 points take 0.1 s: made when first asked for.
   * @param {Float32Array} xy n x 2 in [0, 1]
   */
  constructor(xy) {
    this.cells = Int32Array.from({ length: xy.length / 2 }, (_, i) => cellOf(xy[2 * i], xy[2 * i + 1]));
    this.roots = rootsOf(densityOf(this.cells)); // cell -> its island, or -1
  }

  cells; // of each example
  roots;

  /**
   * The examples on the island of an example; only itself if it stands alone.
   * @param {number} example
   */
  around(example) {
    const root = this.roots[this.cells[example]];
    if (root < 0) return [example];
    /** @type {number[]} */
    const found = [];
    this.cells.forEach((cell, i) => this.roots[cell] === root && found.push(i));
    return found;
  }

  /** Of every example, 1 for the largest island, 2 for the next, ...; 0 between them. */
  numbers() {
    /** @type {Map<number, number>} */
    const sizes = new Map();
    for (const cell of this.cells) sizes.set(this.roots[cell], (sizes.get(this.roots[cell]) ?? 0) + 1);
    sizes.delete(-1);
    const order = [...sizes].sort(([, a], [, b]) => b - a);
    const number = new Map(order.map(([root], k) => [root, k + 1]));
    return Uint16Array.from(this.cells, (cell) => number.get(this.roots[cell]) ?? 0);
  }
}

/**
 * @param {number} x
 * @param {number} y
 */
function cellOf(x, y) {
  const along = (/** @type {number} */ v) => Math.min(CELLS - 1, Math.max(0, Math.floor(v * CELLS)));
  return along(y) * CELLS + along(x);
}

/**
 * Dots per cell, smoothed.
 * @param {Int32Array} cells of the dots
 */
function densityOf(cells) {
  let density = new Float32Array(CELLS * CELLS);
  for (const cell of cells) density[cell] += 1;
  for (let k = 0; k < BLUR; k++)
    density = density.map((_, cell) => [cell, ...around(cell)].reduce((sum, c) => sum + density[c], 0) / 9);
  return density;
}

/**
 * The cells beside one, at most 8.
 * @param {number} cell
 */
function around(cell) {
  const [x, y] = [cell % CELLS, Math.floor(cell / CELLS)];
  const found = [];
  for (let dy = -1; dy <= 1; dy++)
    for (let dx = -1; dx <= 1; dx++) {
      const isInside = x + dx >= 0 && x + dx < CELLS && y + dy >= 0 && y + dy < CELLS;
      if ((dx || dy) && isInside) found.push((y + dy) * CELLS + x + dx);
    }
  return found;
}

/** @param {Float32Array} density */
function rootsOf(density) {
  const inhabited = density.filter((d) => d > 0);
  const sea = (SEA * inhabited.reduce((a, b) => a + b, 0)) / (inhabited.length || 1);
  const land = Array.from(density.keys()).filter((cell) => density[cell] > sea);
  land.sort((a, b) => density[b] - density[a]);
  const parent = new Int32Array(density.length).fill(-1);
  const root = (/** @type {number} */ cell) => {
    while (parent[cell] !== cell) cell = parent[cell] = parent[parent[cell]];
    return cell;
  };
  for (const cell of land) {
    const peaks = [...new Set(around(cell).filter((c) => parent[c] >= 0).map(root))];
    peaks.sort((a, b) => density[b] - density[a]);
    parent[cell] = peaks[0] ?? cell;
    for (const lower of peaks.slice(1))
      if (density[lower] < STANDS_OUT * density[cell]) parent[lower] = peaks[0];
  }
  return parent.map((p, cell) => (p < 0 ? -1 : root(cell)));
}
