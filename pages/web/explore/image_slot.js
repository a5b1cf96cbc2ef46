/** A place for an image that a person picks: it shows it, and waits for another when it is pressed. */

import { glyph, h, icon, picture, show, write } from "../shared/dom.js";

export class ImageSlot {
  /**
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("../shared/images.js").Images} parts.images
   * @param {string} parts.name for tests, and for who does not see it
   * @param {() => void} parts.press
   */
  constructor({ client, images, name, press }) {
    this.#client = client;
    this.#images = images;
    this.#name = name;
    this.element = h("button.image-slot", { "data-testid": `slot-${name}`, onclick: press }, this.#tile.element, this.#badge, this.#words);
    this.show(null, false);
  }

  element;
  #client;
  #images;
  #name;
  #tile = picture();
  #badge = h("span.badge");
  #words = h("span.s");

  /**
   * @param {number | null} example
   * @param {boolean} isNext whether the next image that is picked comes here
   */
  show(example, isNext) {
    const { element } = this;
    element.classList.toggle("next", isNext);
    element.setAttribute("aria-pressed", String(isNext));
    show(this.#tile.element, example !== null);
    if (example !== null) this.#images.draw(this.#tile.canvas, example);
    const cls = example === null ? undefined : this.#classOf(example);
    this.#badge.replaceChildren(...(cls ? [glyph(cls)] : example === null ? [icon("add")] : []));
    write(this.#words, isNext ? "pick one" : "");
    const what = example === null ? "empty" : `image ${example}${cls ? `, ${cls.name}` : ""}`;
    element.title = isNext ? `Click an image on the map or in the row below: it comes here. Now: ${what}.` : `Press to pick another image. Now: ${what}.`;
    element.setAttribute("aria-label", `${this.#name}: ${what}`);
  }

  /** @param {number} example */
  #classOf(example) {
    const client = this.#client;
    return client.classOf(client.labelOf(example) ?? client.guessOf(example)?.best);
  }
}
