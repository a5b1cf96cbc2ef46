/** The board on screen: its tiles, what Enter will do, what is marked, the pages. */

import { PAGE } from "./grid.js";
import { glyph, h, key, show, write } from "../shared/dom.js";
import { count, many } from "../shared/format.js";
import { PILES, PilePicker } from "./piles.js";
import { TileGrid } from "../shared/tiles.js";

const KINDS = 4; // classes offered for all of the rest

export class BoardPanel {
  constructor(panel, { lab, images, board, views }) {
    Object.assign(this, { lab, board });
    this.grid = new TileGrid({ lab, images, n: PAGE, name: "board", label: "Images on the board", isBrief: true,
      click: (example) => board.mark(example) });
    this.pickers = new Map([null, ...PILES.map((pile) => pile.name)].map((current) =>
      [current, new PilePicker({ lab, board, current })]));
    this.title = h("span", { "data-testid": "board-title" });
    this.pages = h("span.s", { "data-testid": "board-pages" });
    this.empty = h("div.nothing.s", { "data-testid": "board-empty" });
    const back = h("button.btn.small.gh", { "data-testid": "board-close", title: "Back (Esc)",
      onclick: () => board.close() }, "Close", key("Esc"));
    panel.append(h("div.h", {}, ...[...this.pickers.values()].map((picker) => picker.element), this.title,
      this.pages, h("span.sp"), back, views.makeSwitch("board")), this.#bar(), this.grid.element, this.empty, this.#hints());
    this.#stops = [
      board.on("change", () => this.update()),
      ...["state", "guesses", "focus"].map((name) => lab.on(name, () => this.update())),
      lab.on("hover", () => this.grid.showHover()),
      lab.on("saving", () => this.#updateTiles()),
    ];
  }

  #stops;

  destroy() {
    for (const stop of this.#stops) stop();
    for (const picker of this.pickers.values()) picker.destroy();
    this.board.destroy();
  }

  #bar() {
    this.acceptText = h("span");
    this.accept = h("button.btn.p", { "data-testid": "board-accept", onclick: () => this.board.accept() },
      this.acceptText, key("↵"));
    this.kinds = h("span.seg.kinds-of-rest", { role: "group", "aria-label": "What the rest is called" });
    this.words = h("span.s.words", { "data-testid": "board-words" });
    return h("div.row.bar", {}, this.accept, this.kinds, this.words);
  }

  #hints() {
    const hint = (...keys) => h("span", {}, ...keys.slice(0, -1).map((name) => key(name)), ` ${keys.at(-1)}`);
    this.dot = hint(".", "one class for all");
    return h("div.s.row.hints", {}, hint("←", "→", "↑", "↓", "move"), hint("Space", "mark"),
      hint("U", "unsure"), hint("J", "junk"), hint("⌫", "clear"), this.dot, hint("PgDn", "next page"));
  }

  update() {
    if (!this.board.isOpen) return;
    this.#updateTiles();
    this.#updateHead();
    this.#updateBar();
  }

  #updateTiles() {
    const { board } = this;
    if (board.isOpen) this.grid.update(board.page, board.marked);
  }

  #updateHead() {
    const { source, at, page } = this.board;
    const current = source.kind === "pile" ? source.pile : null;
    for (const [name, picker] of this.pickers) show(picker.element, source.kind !== "selection" && name === current);
    show(this.title, source.kind === "selection");
    write(this.title, source.title);
    const n = source.examples.length;
    write(this.pages, n > PAGE ? `${count(at + 1)} to ${count(at + page.length)} of ${count(n)}` : n ? many(n, "image") : "");
    show(this.empty, !page.length);
    write(this.empty, source.kind === "pile" ? PILES.find((pile) => pile.name === source.pile).empty
      : "Nothing waits to be labelled here.");
  }

  #updateBar() {
    const { board, lab } = this;
    const { rest, marked, isSweep, page } = board;
    const given = lab.classOf(board.given);
    show(this.accept.parentElement, page.length > 0);
    show(this.accept, isSweep && rest.length > 0);
    show(this.dot, isSweep);
    this.grid.element.classList.toggle("plain", !isSweep);
    write(this.acceptText, given ? `Label ${count(rest.length)} as ${given.name}` : `Accept ${count(rest.length)} ${rest.length === 1 ? "guess" : "guesses"}`);
    this.#updateKinds(isSweep && rest.length > 0);
    const whose = marked.size === 1 ? "its" : isSweep ? "each one's" : "their";
    write(this.words, marked.size ? `${count(marked.size)} marked: press ${whose} class key.`
      : isSweep ? "Click what is wrong." : "Click or Space marks. A class key relabels, ⌫ clears.");
  }

  #seen = "";

  /** "each as guessed" and the commonest classes among the page. */
  #updateKinds(isShown) {
    const { board, lab } = this;
    show(this.kinds, isShown && lab.classes.length > 0);
    if (!isShown) return;
    const classes = this.kindsOfPage();
    const seen = JSON.stringify([board.given, classes.map(({ id, glyph, look }) => [id, glyph, look]), Boolean(lab.guesses)]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    const button = (cls, title, ...inside) => h(`button${board.given === (cls?.id ?? null) ? ".on" : ""}`, {
      title, "data-testid": `board-as-${cls?.id ?? "guess"}`, "aria-pressed": String(board.given === (cls?.id ?? null)),
      onclick: () => board.give(cls?.id ?? null) }, ...inside);
    this.kinds.replaceChildren(...(lab.guesses ? [button(null, "Each image as the model guesses it", "each as guessed")] : []),
      ...classes.map((cls) => button(cls, `All of them as ${cls.name}`, glyph(cls))));
  }

  /** The classes that the guesses on the page are most often, and the one that is chosen. */
  kindsOfPage() {
    const { board, lab } = this;
    const counts = new Map();
    for (const example of board.page) {
      const guess = lab.guessOf(example);
      if (guess) counts.set(guess.best, (counts.get(guess.best) ?? 0) + 1);
    }
    const ids = [...counts].sort((a, b) => b[1] - a[1]).map(([id]) => id).slice(0, KINDS);
    if (board.given !== null && !ids.includes(board.given)) ids.unshift(board.given);
    return ids.slice(0, KINDS).map((id) => lab.classOf(id)).filter(Boolean);
  }

  /** The key ".": the next way to call the rest. */
  cycle() {
    const { board } = this;
    if (!board.isSweep) return;
    const ways = [...(this.lab.guesses ? [null] : []), ...this.kindsOfPage().map((cls) => cls.id)];
    if (ways.length) board.give(ways[(ways.indexOf(board.given) + 1) % ways.length]);
  }
}
