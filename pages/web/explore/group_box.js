/** A group of images that a person gives: a class, or what is selected on the map. */

import { glyph, h, icon, picture, write } from "../shared/dom.js";
import { count } from "../shared/format.js";
import { membersOf } from "./class_members.js";

const SHOWN = 5;
const KEPT = 24; // examples of a selection, as a link can hold

/** @typedef {import("./explore_page.js").Shared} Shared */

export class GroupBox {
  /**
   * @param {Shared} shared
   * @param {string} name "With" or "Without"
   * @param {() => void} changed
   */
  constructor(shared, name, changed) {
    this.#shared = shared;
    this.#changed = changed;
    this.#select = h("select", { "aria-label": `${name}: a class`, "data-testid": `group-${name}`, onchange: () => this.#choose(Number(this.#select.value)) });
    this.element = h("div.group-box", { "data-testid": `group-box-${name}` }, h("div.row", {}, h("b", {}, name), h("span.sp"), this.#words),
      h("div.row", {}, h("label.sel", {}, this.#shown, icon("arrow_drop_down"), this.#select),
        h("button.btn.gh.small", { "data-testid": `take-${name}`, title: "The images that are selected on the map", onclick: () => this.#take() }, "Selected ones")),
      h("div.row.group-thumbs", {}, ...this.#thumbs.map(({ element }) => element)));
  }

  element;
  /** @type {number | null} */
  cls = null;
  /** @type {number[]} */
  examples = []; // of a selection; where there are none it is the class
  #shared;
  #changed;
  #select;
  #words = h("span.s");
  #shown = h("span.row");
  #thumbs = Array.from({ length: SHOWN }, () => picture(".thumb"));
  #seen = "";

  /** All images of the group. */
  all() {
    if (this.examples.length) return this.examples;
    return this.cls === null ? [] : membersOf(this.#shared.client, this.#shared.codes.n).get(this.cls) ?? [];
  }

  state() {
    return this.examples.length ? { examples: this.examples } : { cls: this.cls };
  }

  /** @param {Record<string, any> | null} state */
  restore(state) {
    if (Number.isInteger(state?.cls)) this.cls = state?.cls;
    if (Array.isArray(state?.examples)) this.examples = state.examples.filter((/** @type {unknown} */ one) => Number.isInteger(one) && Number(one) >= 0);
  }

  /** @param {number[]} chosen those of the group that stand in a pair */
  show(chosen) {
    const { client, images } = this.#shared;
    const seen = JSON.stringify([client.classes.map(({ id, name }) => [id, name]), this.cls, this.examples.length]);
    if (seen !== this.#seen) this.#fill(seen);
    const n = this.all().length;
    write(this.#words, `${count(n)} ${this.examples.length ? "selected" : "surely of it"}`);
    this.#thumbs.forEach(({ canvas, element }, k) => {
      element.hidden = chosen[k] === undefined;
      if (chosen[k] !== undefined) images.draw(canvas, chosen[k]);
    });
  }

  /** @param {string} seen */
  #fill(seen) {
    this.#seen = seen;
    const { client } = this.#shared;
    const some = this.examples.length > 0;
    this.#select.replaceChildren(...some ? [h("option", { value: -1 }, "selected images")] : [],
      ...client.classes.map(({ id, name }) => h("option", { value: id }, name)));
    const cls = client.classOf(this.cls);
    this.#select.value = String(some ? -1 : this.cls);
    this.#shown.replaceChildren(...(some ? ["selected images"] : cls ? [glyph(cls), cls.name === cls.glyph ? "" : cls.name] : ["choose a class"]));
  }

  /** @param {number} cls */
  #choose(cls) {
    if (cls < 0) return;
    this.cls = cls;
    this.examples = [];
    this.#changed();
  }

  #take() {
    const { client } = this.#shared;
    if (!client.selection.size) return client.say("Select some images on the map first: draw a lasso around them.");
    this.examples = [...client.selection].slice(0, KEPT);
    this.#changed();
  }
}
