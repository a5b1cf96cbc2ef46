/** How the members' lines are told apart: by their dashes first, by their colour second. */

import { svg } from "../shared/dom.js";

const OTHERS = [["2 3", "--text3"], ["7 4", "--text2"], ["10 3 2 3", "--text"], ["1 5", "--text2"], ["14 4", "--text3"], ["5 2 1 2", "--text"]];

/** @typedef {{dash: string, colour: string, width: number}} LineStyle colour is CSS */

/**
 * The style of each member: the one in use has the solid line.
 * @param {{id: string, in_use: boolean}[]} members
 * @returns {Map<string, LineStyle>} by id
 */
export function lineStyles(members) {
  let k = 0;
  return new Map(members.map(({ id, in_use: inUse }) => {
    if (inUse) return [id, { dash: "", colour: "var(--accent-text)", width: 2.5 }];
    const [dash, colour] = OTHERS[k++ % OTHERS.length];
    return [id, { dash, colour: `var(${colour})`, width: 2 }];
  }));
}

/** @param {LineStyle} style */
export function lineSign({ dash, colour, width }) {
  return svg("svg", { class: "line-sign", width: 26, height: 10, "aria-hidden": "true" },
    svg("line", { x1: 0, x2: 26, y1: 5, y2: 5, style: `stroke: ${colour}`, "stroke-width": width, "stroke-dasharray": dash || null }));
}
