/** Drawings that were kept, on the map: each above its spot. */

import { rgb } from "../shared/theme.js";

const SIDE = 46; // px
const AWAY = 8; // above the spot
export const HEIGHT = SIDE + AWAY;

/**
 * @typedef {object} Kept
 * @property {import("../map/camera.js").Point} place in the map's units
 * @property {number} cls chosen for it, below 0 for the map's
 * @property {HTMLCanvasElement | null} tile
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Kept[]} all
 * @param {import("../map/camera.js").Camera} camera
 * @param {import("../shared/theme.js").Theme} theme
 */
export function paintKept(context, all, camera, theme) {
  if (!all.length) return;
  const [ground, line] = [theme.css("--tile-ground"), theme.css("--line2")];
  for (const { place, tile } of all) {
    if (!tile) continue;
    const [x, y] = camera.toPixel(...place);
    const [left, top] = [x - SIDE / 2, y - HEIGHT];
    context.beginPath();
    context.roundRect(left, top, SIDE, SIDE, 6);
    context.fillStyle = ground;
    context.fill();
    context.strokeStyle = line;
    context.lineWidth = 1;
    context.stroke();
    context.drawImage(tile, left + 3, top + 3, SIDE - 6, SIDE - 6);
    context.beginPath();
    context.arc(x, y, 4, 0, 7);
    context.fillStyle = rgb(theme.accent);
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = rgb(theme.ground);
    context.stroke();
  }
}
