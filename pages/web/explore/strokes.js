/** What was drawn by hand: lines of points, each with its width and colour; short enough for a link. No DOM. */

const FINEST = 99; // steps across the paper, in which a link counts: two digits
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

  /** For a link: of each stroke width, colour and points, all in digits. */
  get state() {
    return this.list.map(({ points, width, colour }) => `${Math.round(width * 1000)}.${colour.slice(1)}.${thinned(points)}`);
  }

  /**
   * What `state` gave; what is no stroke is left out.
   * @param {unknown} state
   */
  restore(state) {
    this.list = !Array.isArray(state) ? [] : state.flatMap((one) => {
      const found = /^(\d{1,3})\.([0-9a-f]{6})\.((?:\d{4})+)$/i.exec(String(one));
      if (!found) return [];
      const numbers = (found[3].match(/\d\d/g) ?? []).map((digits) => Number(digits) / FINEST);
      const points = Array.from({ length: numbers.length / 2 }, (_, k) => /** @type {[number, number]} */ ([numbers[2 * k], numbers[2 * k + 1]]));
      return [{ points, width: Math.min(Math.max(Number(found[1]) / 1000, 0.005), 0.3), colour: `#${found[2]}` }];
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
  const digits = (/** @type {number} */ value) => String(Math.round(Math.min(Math.max(value, 0), 1) * FINEST)).padStart(2, "0");
  return Array.from({ length: n }, (_, k) => points[Math.round(k * step)]).map(([x, y]) => digits(x) + digits(y)).join("");
}
