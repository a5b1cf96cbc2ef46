/** How a click or key joins what it selects to the selection. */

/**
 * Shift adds, Alt removes, as on the map.
 * @param {MouseEvent | KeyboardEvent} event
 * @returns {import("./pointer.js").SelectMode}
 */
export function modeOf(event) {
  return event.shiftKey ? "add" : event.altKey ? "remove" : "replace";
}
