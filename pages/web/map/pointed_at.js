/** What the hand points at, on the map or on a tile beside it: its card opens. */

/**
 * What is asked of a map.
 * @typedef {object} WithCard
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../ask/layout_modes.js").LayoutModes} layoutModes
 * @property {import("./hover_card.js").HoverCard} hoverCard
 * @property {boolean} hasHoverCard
 * @property {(withDots: boolean) => void} redraw
 */

export class PointedAt {
  /** @param {WithCard} map */
  constructor(map) {
    this.#map = map;
  }

  #map;
  /** @type {number | null} */
  #over = null; // what the pointer is on, on the map itself

  /**
   * The pointer is on this one, on the map itself.
   * @param {number | null} example
   */
  point(example) {
    this.#over = example;
    this.#map.client.setHover(example);
    this.show();
  }

  /** Opens the card for what is hovered, or for a focused example that the queue does not show. */
  show() {
    const { client, layoutModes, hoverCard, hasHoverCard } = this.#map;
    const isPinned = client.focus !== null && !client.asked.includes(client.focus) && layoutModes.view !== "card";
    // A tile under the pointer shows its image itself: ring the point, but open no card.
    const hovered = client.hover !== null && !client.asked.includes(client.hover) ? client.hover : this.#over;
    if (hasHoverCard) hoverCard.point(hovered, isPinned ? client.focus : null);
    this.#map.redraw(false);
  }
}
