/** The menu of one class: its name, colour, key, and how to merge or delete it. */

import { enable, glyph, h, icon, isEnabled } from "../shared/dom.js";
import { count, many } from "../shared/format.js";
import { Popover } from "../shared/popover.js";

const PALETTE = 10;

/** @typedef {import("../shared/api.js").ClassFields} ClassFields */
/** @typedef {import("../shared/api.js").LookedClass} LookedClass */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../shared/theme.js").Theme} theme
 */

export class ClassMenu {
  client;
  theme;
  popover = new Popover("class-menu", { label: "Class", testid: "class-menu" });

  /** @param {Parts} parts */
  constructor({ client, theme }) {
    this.client = client;
    this.theme = theme;
  }

  /**
   * @param {HTMLElement} anchor
   * @param {LookedClass} cls
   * @param {number | null} guessed how many examples the model takes for it, if it guesses
   */
  open(anchor, cls, guessed) {
    const name = h("input", { type: "text", "data-testid": "rename", "aria-label": "Name", maxlength: "60",
      value: cls.name, autocomplete: "off", spellcheck: "false",
      onkeydown: (event) => event.key === "Enter" && !event.isComposing && this.#rename(cls, name.value) });
    const n = this.client.counts[cls.id] ?? 0;
    const numbers = `${count(n)} labelled${guessed === null ? "" : `, ${count(guessed)} guessed`}`;
    this.popover.element.replaceChildren(
      h("div.row", {}, glyph(cls, "l"), name,
        h("button.btn.small", { "data-testid": "rename-yes", onclick: () => this.#rename(cls, name.value) }, "Rename")),
      h("div.s", {}, numbers),
      this.#colours(cls), this.#places(cls), this.#merging(cls, n), this.#deleting(cls, n));
    this.popover.open(anchor, { focus: name });
    name.select();
  }

  /**
   * @template {keyof ClassFields} Kind
   * @param {Kind} kind
   * @param {ClassFields[Kind]} fields
   */
  #do(kind, fields) {
    this.popover.close();
    this.client.changeClass(kind, fields);
  }

  /**
   * @param {LookedClass} cls
   * @param {string} text
   */
  #rename(cls, text) {
    const name = text.trim();
    if (!name) return this.client.say("A class needs a name. Write at least one letter.", "bad");
    if (name === cls.name) return this.popover.close();
    this.#do("class-rename", { class: cls.id, name });
  }

  /** @param {LookedClass} cls */
  #colours(cls) {
    const choose = (/** @type {string} */ colour) => this.#do("class-colour", { class: cls.id, colour });
    const swatches = Array.from({ length: PALETTE }, (_, k) => {
      const colour = hexOf(this.theme.css(`--c${k}`));
      const isOn = (cls.colour ?? (cls.look.fill === `var(--c${k})` ? colour : null)) === colour;
      const swatch = h(`button.swatch${isOn ? ".on" : ""}`, { title: colour, "aria-pressed": String(isOn), "aria-label": `Colour ${k + 1}`,
        "data-testid": `colour-${k}`, onclick: () => choose(colour) });
      swatch.style.background = colour;
      return swatch;
    });
    const own = h("input", { type: "color", title: "Another colour", "aria-label": "Another colour",
      "data-testid": "colour-own", value: cls.colour ?? "#5b5bd6",
      onchange: () => choose(own.value.toUpperCase()) });
    const back = cls.colour
      ? h("button.btn.small.gh", { "data-testid": "colour-back", onclick: () => choose("") }, "As before") : null;
    return h("div.row.colours", {}, ...swatches, own, back);
  }

  /** @param {LookedClass} cls */
  #places(cls) {
    const { classes } = this.client;
    const place = classes.findIndex((other) => other.id === cls.id);
    /** @type {(step: number, sign: string, words: string) => HTMLElement} */
    const button = (step, sign, words) => {
      const target = classes[place + step];
      const element = h("button.btn.small", { "data-testid": step < 0 ? "move-left" : "move-right",
        onclick: () => isEnabled(element) && this.move(cls.id, place + step) }, icon(sign), words);
      enable(element, Boolean(target), target ? `Changes places with ${target.name}` : "It is at this end already");
      return element;
    };
    return h("div.row", {}, h("span.s", {}, cls.key ? "Key " : "No key", cls.key ? h("kbd", {}, cls.key.toUpperCase()) : null),
      h("span.sp"), button(-1, "arrow_back", "Left"), button(1, "arrow_forward", "Right"));
  }

  /**
   * Puts a class at another place in the order of the keys.
   * @param {number} id
   * @param {number} place
   */
  move(id, place) {
    const order = this.client.classes.map((cls) => cls.id).filter((other) => other !== id);
    order.splice(place, 0, id);
    this.#do("class-order", { order });
  }

  /**
   * @param {LookedClass} cls
   * @param {number} n its labels
   */
  #merging(cls, n) {
    const others = this.client.classes.filter((other) => other.id !== cls.id && other.id >= 0);
    const select = h("select", { "data-testid": "merge-into", "aria-label": "Merge into" },
      ...others.map((other) => h("option", { value: other.id }, other.name)));
    const merge = h("button.btn.small", { "data-testid": "merge", onclick: () => isEnabled(merge)
      && this.#do("class-merge", { class: cls.id, into: Number(select.value) }) }, "Merge");
    enable(merge, others.length > 0, others.length ? `Its ${many(n, "label")} become labels of that class`
      : "There is no other class");
    return h("div.row", {}, h("span.s", {}, "Merge into"), select, h("span.sp"), merge);
  }

  /**
   * @param {LookedClass} cls
   * @param {number} n its labels
   */
  #deleting(cls, n) {
    const words = n ? `${many(n, "image")} will have no label. Undo brings them back.` : "It has no labels.";
    return h("div.row", {}, h("span.s", {}, words), h("span.sp"),
      h("button.btn.small.danger", { "data-testid": "delete-class",
        onclick: () => this.#do("class-delete", { class: cls.id }) }, icon("delete"), "Delete"));
  }
}

/**
 * "rgb(42, 126, 226)" -> "#2A7EE2".
 * @param {string} css
 */
function hexOf(css) {
  const bytes = (css.match(/[\d.]+/g) ?? []).slice(0, 3).map((value) => Math.round(Number(value)));
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`.toUpperCase();
}
