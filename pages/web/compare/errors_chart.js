/** Where the lines, bands, ticks and names of "Error by labels" are drawn. Pure. */

import { scale, ticks } from "../shared/line_chart.js";

const MARGIN = { left: 38, right: 108, top: 10, bottom: 24 }; // px; names stand at the right
const NAME_HEIGHT = 16; // px

/**
 * @typedef {object} Curve
 * @property {string} id
 * @property {string} name
 * @property {{labels: number, share: number, low: number, high: number}[]} points
 */

/**
 * @typedef {object} Layout in px
 * @property {{left: number, right: number, top: number, bottom: number}} box
 * @property {(labels: number) => number} x
 * @property {(share: number) => number} y
 * @property {{at: number, words: string}[]} xTicks
 * @property {{at: number, words: string}[]} yTicks
 * @property {{id: string, name: string, y: number}[]} names none over another
 */

/**
 * Labels on a logarithmic axis: most happens at few of them.
 * @param {Curve[]} curves
 * @param {number[]} ladder
 * @param {number} width px
 * @param {number} height
 * @returns {Layout}
 */
export function layOut(curves, ladder, width, height) {
  const box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
  const worst = Math.max(0.05, ...curves.flatMap(({ points }) => points.map(({ share, high }) => Math.min(high, share + 0.1))));
  const [first, last] = [Math.log(ladder[0] ?? 1), Math.log(ladder.at(-1) ?? 1)];
  const along = scale([first, last], [box.left, box.right]);
  const x = (/** @type {number} */ labels) => (first === last ? (box.left + box.right) / 2 : along(Math.log(labels)));
  const y = scale([0, Math.min(1, worst)], [box.bottom, box.top]);
  const percents = ticks([0, 100 * Math.min(1, worst)], 5);
  return {
    box, x, y,
    xTicks: spaced(ladder.map((stop) => ({ at: x(stop), words: String(stop) }))),
    yTicks: percents.map((percent, k) => ({ at: y(percent / 100), words: `${percent}${k === percents.length - 1 ? "%" : ""}` })),
    names: apart(curves.flatMap(({ id, name, points }) => {
      const end = points.at(-1);
      return end ? [{ id, name, y: y(end.share) }] : [];
    }), box.top, box.bottom),
  };
}

/**
 * Of ticks those that have room, the last one always.
 * @param {{at: number, words: string}[]} all
 */
function spaced(all) {
  /** @type {typeof all} */
  const kept = [];
  for (const tick of [...all].reverse())
    if (!kept.length || kept[0].at - tick.at > 14 + 4 * (kept[0].words.length + tick.words.length)) kept.unshift(tick);
  return kept;
}

/**
 * Names moved up and down until none lies on another, in the order of their lines.
 * @param {{id: string, name: string, y: number}[]} names
 * @param {number} top px
 * @param {number} bottom
 */
export function apart(names, top, bottom) {
  const sorted = [...names].sort((a, b) => a.y - b.y);
  let free = top + 4;
  for (const name of sorted) {
    name.y = Math.max(name.y, free);
    free = name.y + NAME_HEIGHT;
  }
  let most = bottom - 2;
  for (const name of sorted.reverse()) {
    name.y = Math.min(name.y, most);
    most = name.y - NAME_HEIGHT;
  }
  return sorted.reverse();
}
