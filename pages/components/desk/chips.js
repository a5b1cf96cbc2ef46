/** The row on top: a chip for each class, whether everything is saved, undo and redo. */

import { enable, glyph, h, icon, isEnabled, key, show, write } from "./dom.js";
import { clock, count } from "./format.js";

const FEW_FROM = 20; // labels in all before a class can have too few

export class Chips {
  constructor(row, { lab, actions }) {
    Object.assign(this, { lab, actions });
    this.list = h("div.row.chips", { role: "group", "aria-label": "Classes" });
    this.saved = h("span.row.saved", { "data-testid": "saved", role: "status" });
    this.undo = this.#button("undo", "Undo", "Z");
    this.redo = this.#button("redo", "Redo", "⇧Z");
    row.append(this.list, h("span.sp"), this.saved, this.undo, this.redo);
    const on = (name, f) => this.#stops.push(lab.on(name, f));
    for (const name of ["state", "labels"]) on(name, () => this.update());
    for (const name of ["focus", "selection"]) on(name, () => this.#updateChips());
    on("saving", () => this.#updateSaved());
  }

  #stops = [];
  #chips = [];
  #names = "";

  destroy() {
    for (const stop of this.#stops) stop();
  }

  #button(kind, title, letter) {
    const press = (event) => isEnabled(event.currentTarget) && this.actions.step(kind);
    return h("button.btn.step", { "data-testid": kind, onclick: press }, icon(kind), title, key(letter));
  }

  update() {
    this.#build();
    this.#updateChips();
    this.#updateSaved();
    this.#updateStep(this.undo, "undo", "Undo");
    this.#updateStep(this.redo, "redo", "Redo");
  }

  /** Chips are made anew only when the classes change. */
  #build() {
    const names = JSON.stringify(this.lab.classes.map(({ id, name, glyph, key }) => [id, name, glyph, key]));
    if (names === this.#names) return;
    this.#names = names;
    this.#chips = this.lab.classes.map((cls) => this.#chip(cls));
    this.list.replaceChildren(...this.#chips.map((chip) => chip.element));
  }

  #chip(cls) {
    const number = h("b");
    const few = h("span.few", {}, "few");
    const name = cls.name === cls.glyph ? null : h("span.name", {}, cls.name);
    const key = cls.key === cls.glyph ? null : h("kbd", {}, cls.key.toUpperCase());
    const element = h("button.chip", {
      "data-testid": `chip-${cls.key}`,
      onclick: () => isEnabled(element) && this.actions.assign(cls.id),
      onpointerenter: () => this.lab.setSolo(cls.id),
      onpointerleave: () => this.lab.setSolo(null),
    }, glyph(cls, "l"), name, key, number, few);
    return { cls, element, number, few };
  }

  #updateChips() {
    const { lab } = this;
    const counts = lab.classes.map((cls) => lab.counts[cls.id]);
    const median = [...counts].sort((a, b) => a - b)[counts.length >> 1];
    const guessed = this.#guessed();
    for (const { cls, element, number, few } of this.#chips) {
      const n = lab.counts[cls.id];
      write(number, count(n));
      show(few, lab.ledger.labelled >= FEW_FROM && n < median / 3);
      const canLabel = lab.selection.size > 0 || lab.focus !== null;
      const numbers = `${cls.name}: ${count(n)} labelled${guessed ? `, ${count(guessed[cls.id])} guessed` : ""}`;
      const what = canLabel ? `Key ${cls.key.toUpperCase()} labels as ${cls.name}` : "Frame an image first";
      enable(element, canLabel, `${numbers}\n${what}`);
    }
  }

  #counted = { rev: null, counts: null };

  /** How many examples the model takes for each class; counted once per snapshot. */
  #guessed() {
    const { guesses } = this.lab;
    if (!guesses) return null;
    if (this.#counted.rev !== guesses.rev) {
      const counts = new Uint32Array(256);
      for (const best of guesses.best) counts[best] += 1;
      this.#counted = { rev: guesses.rev, counts };
    }
    return this.#counted.counts;
  }

  #updateStep(button, kind, title) {
    const words = this.lab.describe(kind);
    const nothing = kind === "undo" ? "Nothing to undo yet" : "Nothing to redo";
    enable(button, Boolean(words), words ? `${title}: ${words}` : nothing);
  }

  #updateSaved() {
    const [kind, sign, text] = this.#saving();
    const seen = kind + text;
    if (this.saved.dataset.seen === seen) return;
    this.saved.dataset.seen = seen;
    this.saved.className = `row saved ${kind}`;
    this.saved.replaceChildren(...(text ? [icon(sign), text] : []));
  }

  /** [class, icon, words]: the honest state of what was typed. */
  #saving() {
    const { lab } = this;
    if (lab.connection === "refused") return ["bad", "error", lab.refusal];
    if (lab.connection === "lost")
      return ["warn", "cloud_off", "connection lost, labels are kept here and sent when it is back"];
    if (lab.outbox.trouble) return ["bad", "error", lab.outbox.trouble];
    if (lab.outbox.isLate) return ["warn", "sync_problem", "not saved yet, trying again"];
    if (lab.pendingCount) return ["s", "more_horiz", "saving"];
    if (!lab.savedAt) return ["s", "", ""];
    return ["ok", "check", `saved ${clock(lab.savedAt)}`];
  }
}
