/** "Nearest images that you labelled": what the framed image resembles, and how far each is. */

import { nounOf } from "../texts/texts.js";
import { glyph, h, picture, show, write } from "../shared/dom.js";

/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */
/** @typedef {import("../shared/api.js").CardAnswer} CardAnswer */
/** @typedef {{element: HTMLElement, image: ReturnType<typeof picture>, badge: HTMLElement, distance: HTMLElement}} Tile */

const SHOWN = 6;

export class CardNeighbours {
  /** @param {{client: SessionClient, images: import("../shared/images.js").Images}} parts */
  constructor({ client, images }) {
    this.client = client;
    this.images = images;
    this.tiles = Array.from({ length: SHOWN }, () => {
      const image = picture(".near");
      const [badge, distance] = [h("span.badge"), h("span")];
      const element = h("button.near-one", { onclick: () => this.client.setFocus(Number(element.dataset.example)) },
        h("span.pic", {}, image.element, badge), distance);
      return { element, image, badge, distance };
    });
    this.words = h("div.s.near-words");
    this.title = h("div.s.title");
    this.element = h("div.nearest", { "data-testid": "nearest" }, this.title,
      h("div.row.near-row", {}, ...this.tiles.map((tile) => tile.element), this.words));
  }

  client;
  images;
  tiles;
  title;
  words;
  element;

  /**
   * @param {CardAnswer | null} card
   * @param {string} trouble "" with a card, "asked" while it is on its way, or why there is none
   */
  update(card, trouble) {
    write(this.title, `Nearest ${nounOf(this.client)}s that you labelled`);
    const found = (card?.nearest ?? []).filter((one) => this.client.classOf(one.class)).slice(0, SHOWN);
    this.tiles.forEach((tile, k) => this.#show(tile, found[k]));
    write(this.words, card && found.length ? distanceInWords(card) : wordsFor(this.client, trouble));
    this.words.classList.toggle("alone", !found.length);
  }

  /**
   * @param {Tile} tile
   * @param {import("../shared/api.js").Neighbour | undefined} one
   */
  #show({ element, image, badge, distance }, one) {
    const cls = this.client.classOf(one?.class);
    show(element, Boolean(cls));
    if (!one || !cls) return;
    element.dataset.example = String(one.example);
    element.title = `${nounOf(this.client) === "text" ? "Text" : "Image"} ${one.example}: frame it`;
    this.images.draw(image.canvas, one.example);
    badge.replaceChildren(glyph(cls, "m"));
    write(distance, one.distance.toPrecision(2));
  }
}

/** @param {CardAnswer} card */
function distanceInWords({ median_distance: median }) {
  return median ? `The number is how far apart the model sees them; half of all neighbours are nearer than ${median.toPrecision(2)}.`
    : "The number is how far apart they are: the model has seen too little yet.";
}

/**
 * Why none is shown.
 * @param {SessionClient} client
 * @param {string} trouble
 */
function wordsFor(client, trouble) {
  if (!client.labelOverlay.labelled) return "You have labelled nothing yet. The first labels show up here.";
  if (trouble === "asked") return "Looking for them.";
  return trouble || "None of the images near it has a label.";
}
