/** Which dot the hand means: the nearest one in reach, and what a click on it does. */

const REACH = 8; // px: how far from a dot a click or the pointer still means it

/**
 * What is asked of a map.
 * @typedef {object} WithDots
 * @property {import("../session/session_state.js").SessionState} client
 * @property {import("./camera.js").Camera} camera
 * @property {{now: ArrayLike<number> | null}} moveAnimation where the dots are now, n x 2
 * @property {number | null} version of the map on screen
 * @property {{island(mode: import("./pointer.js").SelectMode, example: number): unknown}} selectBy
 */

export class NearestPoint {
  map;

  /** @param {WithDots} map */
  constructor(map) {
    this.map = map;
  }

  /**
   * The example drawn nearest to a pixel, within reach, or null.
   * @param {number} px
   * @param {number} py
   * @returns {number | null}
   */
  nearest(px, py) {
    const { moveAnimation: { now }, camera } = this.map;
    if (!now) return null;
    const [x, y] = camera.toWorld(px, py);
    let best = (REACH / camera.scale) ** 2;
    /** @type {number | null} */
    let found = null;
    for (let i = 0; i < now.length / 2; i++) {
      const d = (now[2 * i] - x) ** 2 + (now[2 * i + 1] - y) ** 2;
      if (d < best) [best, found] = [d, i];
    }
    return found;
  }

  /**
   * Frames or selects what is under a click; twice: its island.
   * @param {number} px
   * @param {number} py
   * @param {import("./pointer.js").SelectMode} mode
   * @param {boolean} isDouble
   */
  click(px, py, mode, isDouble) {
    const { client, selectBy, version } = this.map;
    const example = this.nearest(px, py);
    if (example === null) return;
    if (isDouble) return selectBy.island(mode, example);
    if (mode === "replace") return client.setFocus(example);
    const next = new Set(client.selection);
    if (mode === "add") next.add(example);
    else next.delete(example);
    client.setSelection(next, version);
  }
}
