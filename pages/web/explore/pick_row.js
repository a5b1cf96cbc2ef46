/** A row of images to pick from without the map: some of each class, or any. */

import { h, key, picture } from "../shared/dom.js";
import { Random, anySeed } from "../shared/random.js";
import { walkByArrows } from "../shared/dom.js";
import { membersOf } from "./class_members.js";

const SHOWN = 20;

export class PickRow {
  /**
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("../shared/images.js").Images} parts.images
   * @param {(example: number) => void} parts.pick
   */
  constructor({ client, images, pick }) {
    this.#client = client;
    this.#images = images;
    this.#tiles = Array.from({ length: SHOWN }, (_, k) => {
      const tile = picture();
      const button = h("button.pick-tile", { "data-testid": `pick-${k}`, tabindex: k ? "-1" : "0",
        onclick: () => button.dataset.example !== undefined && pick(Number(button.dataset.example)),
        onpointerenter: () => client.setHover(Number(button.dataset.example)), onpointerleave: () => client.setHover(null) }, tile.element);
      return { tile, button };
    });
    this.#row = h("div.pick-row", { role: "group", "aria-label": "Images to pick" }, ...this.#tiles.map(({ button }) => button));
    walkByArrows(this.#row, "button");
    this.element = h("div.picks", {}, h("div.row", {}, h("span.s", {}, "Or pick one here"), h("span.sp"),
      h("button.btn.gh.small", { "data-testid": "pick-others", onclick: () => this.again() }, "Other images", key("S"))), this.#row);
  }

  element;
  seed = anySeed();
  #client;
  #images;
  #tiles;
  #row;

  again() {
    this.seed = anySeed();
    this.#update();
  }

  /** Shows images if there are none yet: what may be picked stays where it is. */
  fill() {
    if (this.#tiles[0].button.dataset.example === undefined) this.#update();
  }

  #update() {
    const n = this.#client.xy ? this.#client.xy.length / 2 : 0;
    if (!n) return;
    const random = new Random(this.seed);
    const members = [...membersOf(this.#client, n).values()].filter((examples) => examples.length);
    const each = members.length ? Math.max(1, Math.floor(SHOWN / members.length)) : 0;
    const chosen = members.flatMap((examples) => random.some(examples, each)).slice(0, SHOWN);
    while (chosen.length < Math.min(SHOWN, n)) chosen.push(random.below(n));
    this.#tiles.forEach(({ tile, button }, k) => {
      button.hidden = chosen[k] === undefined;
      if (chosen[k] === undefined) return;
      button.dataset.example = String(chosen[k]);
      button.setAttribute("aria-label", `image ${chosen[k]}`);
      this.#images.draw(tile.canvas, chosen[k]);
    });
  }
}
