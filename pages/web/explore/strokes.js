/** What was drawn by hand: lines of points, each with its width and colour; short enough for a link. No DOM. */

const FINEST = 100; // steps across the paper, in which a link counts
const MOST_POINTS = 48; // of a stroke, in a link

/** @typedef {{points: [number, number][], width: number, colour: string}} Stroke points from 0 to 1; width as a share of the paper */

export class Strokes {
  /** @type {Stroke[]} */
  list = [];

  get isEmpty() {
    return this.list.length === 0;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {string} colour
   */
  begin(x, y, width, colour) {
    this.list.push({ points: [[x, y]], width, colour });
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  go(x, y) {
    this.list.at(-1)?.points.push([x, y]);
  }

  /** Takes the last stroke back; true if there was one. */
  undo() {
    return this.list.pop() !== undefined;
  }

  clear() {
    this.list = [];
  }

  /** For a link: plain lists of numbers. */
  get state() {
    return this.list.map(({ points, width, colour }) => [Math.round(width * 1000), colour, thinned(points).flat()]);
  }

  /**
   * What `state` gave; what is no stroke is left out.
   * @param {unknown} state
   */
  restore(state) {
    this.list = !Array.isArray(state) ? [] : state.flatMap((one) => {
      if (!Array.isArray(one) || !Number.isFinite(one[0]) || !/^#[0-9a-f]{6}$/i.test(one[1]) || !Array.isArray(one[2])) return [];
      const numbers = one[2].filter(Number.isFinite);
      const points = Array.from({ length: numbers.length >> 1 }, (_, k) => /** @type {[number, number]} */ ([numbers[2 * k] / FINEST, numbers[2 * k + 1] / FINEST]));
      return points.length ? [{ points, width: Math.min(Math.max(one[0] / 1000, 0.005), 0.3), colour: one[1] }] : [];
    });
  }

  /**
   * Draws all of it.
   * @param {CanvasRenderingContext2D} context
   * @param {number} side px
   * @param {string} paper its colour
   */
  draw(context, side, paper) {
    context.fillStyle = paper;
    context.fillRect(0, 0, side, side);
    context.lineCap = context.lineJoin = "round";
    for (const { points, width, colour } of this.list) {
      context.strokeStyle = colour;
      context.lineWidth = width * side;
      context.beginPath();
      points.forEach(([x, y], k) => (k ? context.lineTo(x * side, y * side) : context.moveTo(x * side, y * side)));
      if (points.length === 1) context.lineTo(points[0][0] * side + 0.01, points[0][1] * side);
      context.stroke();
    }
  }
}

/** @param {[number, number][]} points */
function thinned(points) {
  const step = Math.max(1, (points.length - 1) / (MOST_POINTS - 1));
  const n = Math.min(points.length, MOST_POINTS);
  return Array.from({ length: n }, (_, k) => points[Math.round(k * step)]).map(([x, y]) => [Math.round(x * FINEST), Math.round(y * FINEST)]);
}
