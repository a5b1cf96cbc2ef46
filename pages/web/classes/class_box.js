/** The class box: finds a class by its name and labels with it, or makes a new one. `/` and N open it. */

import { sameName } from "../session/class_overlay.js";
import { h, icon, key, namedGlyph, show, write } from "../shared/dom.js";
import { count, many } from "../shared/format.js";
import { Popover } from "../shared/popover.js";

/** @typedef {import("../shared/api.js").LookedClass} LookedClass */
/** @typedef {{element: HTMLElement, choose: () => void}} Row */

/** @type {Record<string, number | undefined>} */
const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }; // rows, by key

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../session/actions.js").Actions} actions
 */

export class ClassBox {
  client;
  actions;
  input;
  hint;
  list;
  popover;

  /** @param {Parts} parts */
  constructor({ client, actions }) {
    this.client = client;
    this.actions = actions;
    this.input = h("input", { type: "text", "data-testid": "class-name", maxlength: "60",
      autocomplete: "off", spellcheck: "false", oninput: () => this.#update(),
      onkeydown: (event) => this.#onKey(event) });
    this.hint = h("div.s.hint", { "data-testid": "class-box-hint" });
    this.list = h("div.list", { role: "listbox", "aria-label": "Classes" });
    this.popover = new Popover("class-box", { label: "Classes", testid: "class-box" },
      this.input, this.list, this.hint);
  }

  #isNew = false; // the new class comes first
  /** @type {Row[]} */
  #rows = [];
  #at = 0; // the row that Enter chooses

  /**
   * @param {HTMLElement} anchor
   * @param {boolean} isNew to name a new class; otherwise to find one
   */
  open(anchor, isNew) {
    this.#isNew = isNew;
    this.input.value = "";
    this.input.placeholder = isNew ? "Name of the new class" : "Find a class, or name a new one";
    this.input.setAttribute("aria-label", this.input.placeholder);
    this.popover.open(anchor, { focus: this.input });
    this.#update();
  }

  get isOpen() {
    return this.popover.isOpen;
  }

  #update() {
    const typed = this.input.value.trim();
    const found = matches(this.client.classes, typed);
    const isKnown = found.some((cls) => sameName(cls.name, typed));
    const rows = found.map((cls) => this.#classRow(cls));
    if (typed && !isKnown) rows.splice(this.#isNew ? 0 : rows.length, 0, this.#newRow(typed));
    this.#rows = rows;
    this.list.replaceChildren(...rows.map((row) => row.element));
    show(this.list, rows.length > 0);
    this.#point(0);
    write(this.hint, this.#words(isKnown && this.#isNew));
  }

  /** @param {boolean} isTaken whether what was typed is the name of a class already */
  #words(isTaken) {
    const { client } = this;
    if (isTaken) return "There is a class of this name already: Enter labels as it.";
    if (client.selection.size) return `Enter labels the ${many(client.selection.size, "selected image")}.`;
    if (client.focus !== null) return "Enter labels the framed image.";
    return "Nothing is framed: the class is made, and labels nothing yet.";
  }

  /** @param {LookedClass} cls */
  #classRow(cls) {
    return this.#row(() => this.actions.assign(cls.id), `class-row-${cls.id}`, namedGlyph(cls),
      h("span.name", {}, cls.name), h("span.sp"), h("span.s", {}, count(this.client.counts[cls.id] ?? 0)),
      cls.key ? key(cls.key.toUpperCase()) : null);
  }

  /** @param {string} name */
  #newRow(name) {
    return this.#row(() => this.actions.addClass(name), "class-row-new", icon("add"),
      h("span.name", {}, "New class ", h("b", {}, name)));
  }

  /**
   * @param {() => void} action
   * @param {string} testid
   * @param {(string | Node | null)[]} children
   * @returns {Row}
   */
  #row(action, testid, ...children) {
    const choose = () => {
      this.popover.close();
      action();
    };
    return { choose, element: h("button.line", { role: "option", "data-testid": testid, onclick: choose,
      tabindex: "-1" }, ...children) };
  }

  /** @param {number} at a row */
  #point(at) {
    this.#at = Math.max(0, Math.min(at, this.#rows.length - 1));
    this.#rows.forEach(({ element }, k) => {
      element.classList.toggle("on", k === this.#at);
      element.setAttribute("aria-selected", String(k === this.#at));
    });
    this.#rows[this.#at]?.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const move = MOVES[event.key];
    if (event.key === "Enter" && !event.isComposing) this.#rows[this.#at]?.choose();
    else if (move) this.#point(this.#at + move);
    else return;
    event.preventDefault();
  }
}

/**
 * Classes whose name has what was typed: those that begin with it first, then words, then the rest.
 * @template {{id: number, name: string}} Named
 * @param {Named[]} classes
 * @param {string} typed
 */
export function matches(classes, typed) {
  const text = typed.toLowerCase();
  const rank = (/** @type {Named} */ { name }) => {
    const lower = name.toLowerCase();
    if (lower === text) return 0;
    if (lower.startsWith(text)) return 1;
    return lower.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(text)) ? 2 : 3;
  };
  const found = classes.filter(({ id, name }) => id >= 0 && name.toLowerCase().includes(text));
  return text ? found.sort((a, b) => rank(a) - rank(b)) : found;
}
