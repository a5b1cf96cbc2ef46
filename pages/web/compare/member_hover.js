/** The card beside a dot: the image, and what each member takes it for. */

import { glyph, h, picture, show } from "../shared/dom.js";
import { share } from "../shared/format.js";

const AWAY = 18; // px between the dot and the card

/**
 * @typedef {object} Opinionated a member and what it says
 * @property {import("./answers.js").Member} member
 * @property {import("./comparison.js").Opinion | null} opinion
 */

export class MemberHover {
  client;
  images;
  opinions;
  image;
  rows;
  words;
  element;

  /**
   * @param {HTMLElement} desk
   * @param {{client: import("../session/session_client.js").SessionClient, images: import("../shared/images.js").Images,
   *   opinions: () => Opinionated[]}} parts
   */
  constructor(desk, { client, images, opinions }) {
    this.client = client;
    this.images = images;
    this.opinions = opinions;
    this.image = picture();
    this.rows = h("div.says");
    this.words = h("div.s");
    this.element = h("div.card.hover.member-hover", { "data-testid": "member-hover" }, this.image.element, this.rows, this.words);
    show(this.element, false);
    this.#desk = desk;
    desk.append(this.element);
  }

  #desk;

  /**
   * @param {number | null} example
   * @param {HTMLElement | null} map that the pointer is on; null where it is elsewhere
   * @param {(example: number) => import("../map/camera.js").Point} pixelOf in px of the map
   */
  point(example, map, pixelOf) {
    show(this.element, example !== null && map !== null && map.matches(":hover"));
    if (example === null || map === null || this.element.hidden) return;
    this.images.draw(this.image.canvas, example);
    this.rows.replaceChildren(...this.opinions().map(({ member, opinion }) => {
      const cls = opinion && this.client.classOf(opinion.best[example]);
      return h("div.row", {}, h("span.s.who", {}, member.title), cls ? glyph(cls) : h("span.s", {}, "–"),
        h("span.s.sure", {}, cls ? share(opinion.p[example] / 255) : ""));
    }));
    const label = this.client.classOf(this.client.labelOf(example));
    this.words.replaceChildren(label ? `Your label: ${label.name}. ` : "No label yet. ", h("span.mono", {}, `#${example}`));
    this.#place(map, pixelOf(example));
  }

  /**
   * @param {HTMLElement} map
   * @param {import("../map/camera.js").Point} pixel
   */
  #place(map, [x, y]) {
    const [desk, at] = [this.#desk.getBoundingClientRect(), map.getBoundingClientRect()];
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const [left, top] = [at.left - desk.left + x, at.top - desk.top + y];
    const isRoom = left + AWAY + width < desk.width - 8;
    this.element.style.left = `${isRoom ? left + AWAY : left - AWAY - width}px`;
    this.element.style.top = `${Math.min(Math.max(top - 30, 8), desk.height - height - 8)}px`;
  }
}
