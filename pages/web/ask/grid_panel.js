/** The board on screen: its tiles, what Enter will do, what is marked, the pages. */

import { PAGE } from "./grid.js";
import { guessedClasses } from "./guessed_classes.js";
import { glyph, h, key, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { count, many } from "../shared/format.js";
import { PILES, PilePicker, pileOf } from "./piles.js";
import { nounOf } from "../texts/texts.js";
import { TileGrid } from "../shared/tiles.js";

const KINDS = 4; // classes offered for all of the rest

export class GridPanel {
  /**
   * @param {HTMLElement} panel
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("../shared/images.js").Images} parts.images
   * @param {import("./grid.js").Grid} parts.grid
   * @param {import("./layout_modes.js").LayoutModes} parts.layoutModes
   */
  constructor(panel, { client, images, grid, layoutModes }) {
    this.client = client;
    this.grid = grid;
    this.tiles = new TileGrid({ client, images, n: PAGE, name: "board", label: "Images on the board", isBrief: true,
      click: (example) => grid.mark(example) });
    this.pickers = new Map([null, ...PILES.map((pile) => pile.name)].map((current) =>
      [current, new PilePicker({ client, grid, current })]));
    this.title = h("span", { "data-testid": "board-title" });
    this.pages = h("span.s", { "data-testid": "board-pages" });
    this.empty = h("div.nothing.s", { "data-testid": "board-empty" });
    const back = h("button.btn.small.gh", { "data-testid": "board-close", title: "Back (Esc)",
      onclick: () => grid.close() }, "Close", key("Esc"));
    panel.append(h("div.h", {}, ...[...this.pickers.values()].map((picker) => picker.element), this.title,
      this.pages, h("span.sp"), back, layoutModes.makeSwitch("board")), this.bar, this.tiles.element, this.empty, this.#hints());
    this.#stops = [
      grid.on("change", () => this.update()),
      client.on("state", () => this.update()), client.on("guesses", () => this.update()),
      client.on("focus", () => this.update()),
      client.on("hover", () => this.tiles.showHover()),
      client.on("saving", () => this.#updateTiles()),
    ];
  }

  client;
  grid;
  tiles;
  pickers; // by the pile that is open, null for the queue
  title;
  pages;
  empty;
  acceptText = h("span");
  accept = h("button.btn.p", { "data-testid": "board-accept", onclick: () => this.grid.accept() },
    this.acceptText, key("↵"));
  kinds = h("span.seg.kinds-of-rest", { role: "group", "aria-label": "What the rest is called" });
  words = h("span.s.words", { "data-testid": "board-words" });
  bar = h("div.row.bar", {}, this.accept, this.kinds, this.words);
  dot = hint(".", "one class for all");
  #stops;

  destroy() {
    for (const stop of this.#stops) stop();
    for (const picker of this.pickers.values()) picker.destroy();
    this.grid.destroy();
  }

  #hints() {
    return h("div.s.row.hints", {}, hint("←", "→", "↑", "↓", "move"), hint("Space", "mark"),
      hint("U", "unsure"), hint("J", "junk"), hint("⌫", "clear"), this.dot, hint("PgDn", "next page"));
  }

  update() {
    if (!this.grid.isOpen) return;
    this.#updateTiles();
    this.#updateHead();
    this.#updateBar();
  }

  #updateTiles() {
    const { grid } = this;
    if (grid.isOpen) this.tiles.update(grid.page, grid.marked);
  }

  #updateHead() {
    const { source, at, page } = this.grid;
    if (!source) return;
    const current = source.kind === "pile" ? source.pile : null;
    for (const [name, picker] of this.pickers) show(picker.element, source.kind !== "selection" && name === current);
    show(this.title, source.kind === "selection");
    write(this.title, source.title);
    const n = source.examples.length;
    write(this.pages, n > PAGE ? `${count(at + 1)} to ${count(at + page.length)} of ${count(n)}` : n ? many(n, nounOf(this.client)) : "");
    show(this.empty, !page.length);
    write(this.empty, source.kind === "pile" ? pileOf(source.pile).empty
      : "Nothing waits to be labelled here.");
  }

  #updateBar() {
    const { grid, client } = this;
    const { rest, marked, isSweep, page } = grid;
    const given = client.classOf(grid.given);
    show(this.bar, page.length > 0);
    show(this.accept, isSweep && rest.length > 0);
    show(this.dot, isSweep);
    this.tiles.element.classList.toggle("plain", !isSweep);
    write(this.acceptText, given ? `Label ${count(rest.length)} as ${given.name}` : `Accept ${count(rest.length)} ${rest.length === 1 ? "guess" : "guesses"}`);
    this.#updateKinds(isSweep && rest.length > 0);
    const whose = marked.size === 1 ? "its" : isSweep ? "each one's" : "their";
    write(this.words, marked.size ? `${count(marked.size)} marked: press ${whose} class key.`
      : isSweep ? "Click what is wrong." : "Click or Space marks. A class key relabels, ⌫ clears.");
  }

  #seen = "";

  /**
   * "each as guessed" and the commonest classes among the page.
   * @param {boolean} isShown
   */
  #updateKinds(isShown) {
    const { grid, client } = this;
    show(this.kinds, isShown && client.classes.length > 0);
    if (!isShown) return;
    const classes = this.kindsOfPage();
    const seen = JSON.stringify([grid.given, classes.map(({ id, glyph, look }) => [id, glyph, look]), Boolean(client.guesses)]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    /**
     * @param {import("../shared/api.js").LookedClass | null} cls
     * @param {string} title
     * @param {string | Node} inside
     */
    const button = (cls, title, inside) => h(`button${grid.given === (cls?.id ?? null) ? ".on" : ""}`, {
      title, "data-testid": `board-as-${cls?.id ?? "guess"}`, "aria-pressed": String(grid.given === (cls?.id ?? null)),
      onclick: () => grid.give(cls?.id ?? null) }, inside);
    redraw(this.kinds, () => this.kinds.replaceChildren(...(client.guesses ? [button(null, "Each image as the model guesses it", "each as guessed")] : []),
      ...classes.map((cls) => button(cls, `All of them as ${cls.name}`, glyph(cls)))));
  }

  /** The classes that the guesses on the page are most often, and the one that is chosen. */
  kindsOfPage() {
    const { grid, client } = this;
    const ids = guessedClasses(client, grid.page).slice(0, KINDS);
    if (grid.given !== null && !ids.includes(grid.given)) ids.unshift(grid.given);
    return ids.slice(0, KINDS).map((id) => client.classOf(id)).filter((cls) => cls !== undefined);
  }

  /** The key ".": the next way to call the rest. */
  cycle() {
    const { grid } = this;
    if (!grid.isSweep) return;
    const ways = [...(this.client.guesses ? [null] : []), ...this.kindsOfPage().map((cls) => cls.id)];
    if (ways.length) grid.give(ways[(ways.indexOf(grid.given) + 1) % ways.length]);
  }
}

/**
 * What keys do: hint("↑", "↓", "move").
 * @param {string[]} keys and a word at the end
 */
function hint(...keys) {
  return h("span", {}, ...keys.slice(0, -1).map((name) => key(name)), ` ${keys.at(-1)}`);
}
