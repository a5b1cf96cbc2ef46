/** The row on top: a chip for each class, new classes, whether everything is saved, undo, redo, history. */

import { ClassBox } from "./class_box.js";
import { ClassMenu } from "./class_menu.js";
import { ChipDrag } from "./chip_drag.js";
import { SavedSign } from "./saved_sign.js";
import { enable, focusedBeside, h, icon, isEnabled, key, namedGlyph, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { count } from "../shared/format.js";

const FEW_FROM = 20; // labels in all before a class can have too few
const DOUBLE = 220; // ms within which a second click makes a double one
// How wide names may be, in px: in one row, then in two lower ones, narrower and narrower until all chips fit.
const WIDTHS = [{ rows: 1, name: 120 }, { rows: 2, name: 120 }, { rows: 2, name: 88 }, { rows: 2, name: 64 }, { rows: 2, name: 44 }];

/** @typedef {import("../session/session_state.js").SessionEvents} SessionEvents */
/** @typedef {import("../shared/api.js").LookedClass} LookedClass */
/** @typedef {import("../shared/api.js").StepKind} StepKind */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../session/actions.js").Actions} actions
 * @property {import("../shared/theme.js").Theme} theme
 */

/**
 * @typedef {object} Chip
 * @property {LookedClass} cls
 * @property {HTMLElement} element
 * @property {HTMLElement} button
 * @property {HTMLElement} number how many labels it has
 * @property {HTMLElement} few says that these are few
 */

export class Chips {
  client;
  actions;
  row;
  menu;
  box;
  list;
  more;
  add;
  saved;
  undo;
  redo;
  clock;
  area;
  drag;

  /**
   * @param {HTMLElement} row
   * @param {Parts} parts
   */
  constructor(row, { client, actions, theme }) {
    this.client = client;
    this.actions = actions;
    this.row = row;
    this.menu = new ClassMenu({ client, theme });
    this.box = new ClassBox({ client, actions });
    this.list = h("div.chips", { role: "group", "aria-label": "Classes" });
    this.more = h("button.btn.gh.more", { "data-testid": "more-classes", title: "All classes, by name",
      "aria-haspopup": "dialog", onclick: () => this.openBox(false) });
    this.add = h("button.btn.gh.add", { "data-testid": "new-class", "aria-haspopup": "dialog",
      title: "A new class, and the label with it", onclick: () => this.openBox(true) },
      icon("add"), h("span.word", {}, "New class"), key("N"));
    this.saved = new SavedSign(client, () => this.#fitIfWider());
    this.undo = this.#button("undo", "Undo", "Z");
    this.redo = this.#button("redo", "Redo", "⇧Z");
    this.clock = h("button.btn.gh.clock", { "data-testid": "history-button", "aria-label": "History",
      "aria-haspopup": "dialog", title: "All that was done (⇧H)" }, icon("history"));
    this.area = h("div.chips-area", {}, this.list, this.more, this.add);
    row.append(this.area, h("div.aside", {}, this.saved.element, this.undo, this.redo, this.clock));
    this.drag = new ChipDrag(this.list, (id, place) => this.menu.move(id, place));
    const on = (/** @type {keyof SessionEvents} */ name, /** @type {() => void} */ f) => this.#stops.push(client.on(name, f));
    on("state", () => this.update());
    on("labels", () => this.update());
    on("focus", () => this.#updateChips());
    on("selection", () => this.#updateChips());
    on("guesses", () => this.#updateChips());
    on("saving", () => this.saved.update());
    this.#observer = new ResizeObserver(() => this.#fitIfWider());
    this.#observer.observe(row);
  }

  /** @type {(() => void)[]} */
  #stops = [];
  /** @type {Chip[]} */
  #chips = [];
  #names = "";
  #widths = "";
  #fitted = ""; // what the chips were fitted to
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #clicked;
  #observer;

  destroy() {
    for (const stop of this.#stops) stop();
    this.#observer.disconnect();
    clearTimeout(this.#clicked);
  }

  /**
   * The class box.
   * @param {boolean} isNew to name a new class; otherwise to find one
   */
  openBox(isNew) {
    const anchor = isNew || this.more.hidden ? this.add : this.more;
    if (this.client.state) this.box.open(anchor, isNew);
  }

  /**
   * @param {StepKind} kind
   * @param {string} title
   * @param {string} letter
   */
  #button(kind, title, letter) {
    const button = h("button.btn.step", { "data-testid": kind, onclick: () => isEnabled(button) && this.actions.step(kind) },
      icon(kind), title, key(letter));
    return button;
  }

  update() {
    this.#build();
    this.#updateChips();
    this.saved.update();
    this.#updateStep(this.undo, "undo", "Undo");
    this.#updateStep(this.redo, "redo", "Redo");
  }

  /** Chips are made anew only when the classes change. */
  #build() {
    const names = JSON.stringify(this.client.classes.map(({ id, name, glyph, key, colour, look }) =>
      [id, name, glyph, key, colour, look]));
    if (names === this.#names) return;
    this.#names = names;
    redraw(this.list, () => this.#draw());
  }

  #draw() {
    const had = focusedBeside(this.list);
    const focused = this.#chips.find(({ element }) => element.contains(had))?.cls.id;
    this.#chips = this.client.classes.map((cls) => this.#chip(cls));
    this.list.replaceChildren(...this.#chips.map((chip) => chip.element));
    this.#chips.find(({ cls }) => cls.id === focused)?.button.focus();
    this.#widths = "";
    this.#updateChips();
  }

  /**
   * @param {LookedClass} cls
   * @returns {Chip}
   */
  #chip(cls) {
    const number = h("b");
    const few = h("span.few", { title: "Under a third of what most classes have" }, "few");
    const name = cls.name === cls.glyph ? null : h("span.name", {}, cls.name);
    const letter = !cls.key || cls.key.toUpperCase() === cls.glyph ? null : h("kbd", {}, cls.key.toUpperCase());
    const open = (/** @type {Event} */ event) => {
      event.preventDefault();
      event.stopPropagation();
      clearTimeout(this.#clicked);
      if (cls.id >= 0) this.menu.open(button, cls, this.#guessed()?.[cls.id] ?? null);
    };
    /** @type {HTMLElement} */
    const button = h("button.main", { "aria-haspopup": "dialog", onclick: (event) => this.#click(event, cls, button), ondblclick: open,
      onkeydown: (event) => (event.key === "ArrowDown" || event.key === "F2") && open(event) },
      namedGlyph(cls, "l"), name, letter, number, few);
    const caret = h("button.caret", { "aria-label": `Change class ${cls.name}`, tabindex: "-1", onclick: open,
      "data-testid": `class-caret-${cls.id}`, title: "Rename, recolour, move, merge, delete" }, icon("expand_more"));
    const element = h("div.chip", {
      "data-testid": cls.key ? `chip-${cls.key}` : `chip-id-${cls.id}`, "data-id": cls.id, draggable: "true",
      oncontextmenu: open,
      onpointerenter: () => this.client.setSolo(cls.id),
      onpointerleave: () => this.client.setSolo(null),
    }, button, caret);
    return { cls, element, button, number, few };
  }

  /**
   * A click labels, unless it turns out to be a double one: then no label is given.
   * @param {MouseEvent} event
   * @param {LookedClass} cls
   * @param {HTMLElement} button
   */
  #click(event, cls, button) {
    if (event.detail > 0) button.blur(); // Enter must not press it again
    clearTimeout(this.#clicked);
    if (!isEnabled(button) || event.detail > 1) return;
    const assign = () => this.actions.assign(cls.id);
    if (event.detail === 0) assign();
    else this.#clicked = setTimeout(assign, DOUBLE);
  }

  #updateChips() {
    const { client } = this;
    const known = this.#chips.filter(({ cls }) => cls.id >= 0);
    const counts = known.map(({ cls }) => client.counts[cls.id]).sort((a, b) => a - b);
    const median = counts[counts.length >> 1];
    const guessed = this.#guessed();
    for (const { cls, element, button, number, few } of this.#chips) {
      const n = client.counts[cls.id] ?? 0;
      write(number, count(n));
      show(few, cls.id >= 0 && client.labelOverlay.labelled >= FEW_FROM && n < median / 3);
      const canLabel = cls.id >= 0 && (client.selection.size > 0 || client.focus !== null);
      const numbers = `${cls.name}: ${count(n)} labelled${guessed ? `, ${count(guessed[cls.id] ?? 0)} guessed` : ""}`;
      enable(button, canLabel, `${numbers}\n${howTo(cls, canLabel)}`);
      element.classList.toggle("off", !canLabel);
      element.classList.toggle("saving", cls.id < 0);
    }
    const widths = this.#chips.map(({ number, few }) => `${number.textContent.length}${few.hidden}`).join();
    if (widths !== this.#widths) this.#fit();
    this.#widths = widths;
  }

  /** The same unless nothing has become wider or narrower: measuring costs a layout of the page. */
  #fitIfWider() {
    const fitted = `${this.row.clientWidth} ${this.saved.element.scrollWidth} ${this.#names}`;
    if (fitted !== this.#fitted) this.#fit();
  }

  /**
   * All chips in one row; else in two, lower ones, whose names narrow as far as they must and may.
   * Where that is not enough the last chips give way: those stand in the class box.
   */
  #fit() {
    const { more } = this;
    const chips = this.#chips.map((chip) => chip.element);
    for (const chip of chips) show(chip, true);
    show(more, false);
    const fits = WIDTHS.some((widths) => this.#fitsIn(widths));
    if (!fits) {
      show(more, true);
      write(more, `${chips.length} more`); // as wide as it can become
      for (let k = chips.length - 1; k > 0 && !this.#isInside(); k -= 1) {
        show(chips[k], false);
        write(more, `${chips.length - k} more`);
      }
    }
    this.#fitted = `${this.row.clientWidth} ${this.saved.element.scrollWidth} ${this.#names}`;
  }

  /** @param {(typeof WIDTHS)[number]} widths */
  #fitsIn({ rows, name }) {
    this.row.closest(".desk")?.classList.toggle("two-rows", rows === 2);
    this.row.style.setProperty("--name", `${name}px`);
    return this.#isInside();
  }

  /** Whether the chips and what follows them stand within the rows that they have. */
  #isInside() {
    const { area } = this;
    return area.scrollHeight <= area.clientHeight && area.scrollWidth <= area.clientWidth;
  }

  /** @type {{rev: string, counts: Uint32Array} | null} */
  #counted = null;

  /** How many examples the model takes for each class; counted once per snapshot. */
  #guessed() {
    const { guesses } = this.client;
    if (!guesses) return null;
    if (this.#counted?.rev !== guesses.rev) {
      const counts = new Uint32Array(256);
      for (const best of guesses.best) counts[best] += 1;
      this.#counted = { rev: guesses.rev, counts };
    }
    return this.#counted.counts;
  }

  /**
   * @param {HTMLElement} button
   * @param {StepKind} kind
   * @param {string} title
   */
  #updateStep(button, kind, title) {
    const words = this.client.describe(kind);
    const nothing = kind === "undo" ? "Nothing to undo yet" : "Nothing to redo";
    enable(button, Boolean(words), words ? `${title}: ${words}` : nothing);
  }
}

/**
 * What a press of the chip would do, for its tooltip.
 * @param {LookedClass} cls
 * @param {boolean} canLabel
 */
function howTo(cls, canLabel) {
  if (cls.id < 0) return "It is being saved";
  if (!canLabel) return "Frame an image first";
  const act = cls.key ? `Key ${cls.key.toUpperCase()} labels` : "A click labels";
  return `${act} as ${cls.name}. Double click renames, ↓ on it too`;
}
