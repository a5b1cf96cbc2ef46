/** The formula of a lesson, on demand: MathML whose symbols say what they are and in which file. */

import { h, icon, show, write } from "../shared/dom.js";
import { Popover } from "../shared/popover.js";

const HINT = "Point at a symbol, or go there by Tab: it says what it is, and where in the code.";

/** @typedef {import("./lessons.js").Lesson} Lesson */

export class FormulaBox {
  constructor() {
    this.button = h("button.btn.small.gh", { "data-testid": "formula", "aria-haspopup": "dialog", title: "The formula (F)", onclick: () => this.toggle() },
      icon("function"), "Formula");
    this.words = h("div.symbol-words", { "aria-live": "polite", "data-testid": "symbol" });
    this.math = h("div.math");
    this.list = h("div.symbols");
    this.pop = new Popover("formula-pop", { label: "Formula", testid: "formula-box" }, this.math, this.list, this.words);
  }

  button;
  words;
  math;
  list;
  pop;
  /** @type {Lesson | null} */
  #lesson = null;

  /** @param {Lesson} lesson */
  set lesson(lesson) {
    if (this.#lesson?.name === lesson.name) return;
    this.#lesson = lesson;
    this.pop.close();
    show(this.button, Boolean(lesson.formula));
    const math = new DOMParser().parseFromString(lesson.formula, "application/xml").documentElement;
    this.math.replaceChildren(...(lesson.formula ? [document.importNode(math, true)] : []));
    this.list.replaceChildren(...lesson.symbols.map(({ symbol, says, file }) => h("button.symbol", { "data-symbol": symbol,
      onfocus: () => this.#say(symbol, says, file), onpointerenter: () => this.#say(symbol, says, file), onclick: () => this.#say(symbol, says, file) }, ...written(symbol))));
    this.#listen(lesson);
    write(this.words, HINT);
  }

  /**
   * The symbols in the formula itself say the same as their buttons.
   * @param {Lesson} lesson
   */
  #listen(lesson) {
    for (const part of this.math.querySelectorAll("*")) {
      const found = lesson.symbols.find(({ symbol }) => symbol === part.getAttribute("data-symbol"));
      if (found) part.addEventListener("pointerenter", () => this.#say(found.symbol, found.says, found.file));
    }
  }

  /**
   * @param {string} symbol
   * @param {string} words
   * @param {string} file
   */
  #say(symbol, words, file) {
    this.words.replaceChildren(h("b", {}, ...written(symbol)), ` ${words} `, h("span.mono", {}, file));
    for (const button of this.list.children) button.classList.toggle("on", button instanceof HTMLElement && button.dataset.symbol === symbol);
  }

  toggle() {
    if (this.#lesson?.formula) this.pop.toggle(this.button);
  }
}

/**
 * "E_q" with its index below, "x^*" with its sign above.
 * @param {string} symbol
 */
function written(symbol) {
  const [, base = symbol, mark = "", other = ""] = /^([^_^]+)([_^])(.+)$/.exec(symbol) ?? [];
  return other ? [base, h(mark === "_" ? "sub" : "sup", {}, other)] : [symbol];
}
