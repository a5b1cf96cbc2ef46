/** "What is taken for what": the confusion matrix, and the images of the cell that is open. */

import { enable, find, focusedBeside, glyph, h, icon, isEnabled, key, picture, show, walkByArrows, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { count, many, share } from "../shared/format.js";
import { pageAddress } from "../shared/page_address.js";

const SHOWN = 14; // images of an open cell

/** @typedef {import("../shared/api.js").LookedClass} LookedClass */
/** @typedef {import("../shared/api.js").MatrixAnswer} MatrixAnswer */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../shared/images.js").Images} images
 * @property {import("./findings.js").Findings} findings
 * @property {import("./verbs.js").Verbs} verbs
 */

export class MatrixPanel {
  client;
  images;
  findings;
  verbs;
  against;
  againstName;
  words;
  table;
  title;
  found;
  tiles;
  button;
  map;
  chosenWords;
  cell;
  empty;

  /**
   * @param {HTMLElement} panel
   * @param {Parts} parts
   */
  constructor(panel, { client, images, findings, verbs }) {
    this.client = client;
    this.images = images;
    this.findings = findings;
    this.verbs = verbs;
    this.against = h("select", { "data-testid": "against", "aria-label": "Against",
      onchange: () => this.#choose(this.against.value) });
    this.againstName = h("b");
    this.words = h("span.s");
    this.table = h("div.matrix", { "data-testid": "matrix", role: "group",
      "aria-label": "Cells: arrows go through them, Enter opens one" });
    walkByArrows(this.table, "button");
    this.title = h("b.row");
    this.found = h("span.s");
    this.tiles = h("div.cell-tiles", { "data-testid": "cell-images" });
    this.button = h("button.btn.p", { "data-testid": "label-chosen", onclick: () => this.#labelChosen() });
    this.map = h("button.btn", { onclick: () => this.showOnMap() }, "Show on the map", key("M"));
    this.chosenWords = h("span.s");
    this.cell = h("div.open-cell", {}, h("div.row.cell-title", {}, this.title, this.found, h("span.sp"),
      h("button.btn.gh.narrow", { title: "Close", "aria-label": "Close", onclick: () => this.close() }, icon("close"))), this.tiles,
    h("div.row.cell-buttons", {}, this.button, this.map, h("span.sp"), this.chosenWords));
    this.empty = h("div.nothing.s");
    panel.append(h("div.h", {}, "What is taken for what", h("span.sp"),
      h("span.sel", {}, h("span.s", {}, "Against"), this.againstName, icon("arrow_drop_down"), this.against)),
    h("div.row.axes", {}, h("span.s.guess-axis", {}, "Model's guess →"), h("span.sp"), this.words),
    this.table, this.empty, this.cell);
    this.close();
  }

  /** @type {{row: number, column: number} | null} */
  #open = null; // the classes of a cell
  #drawn = "";
  /** @type {Set<number>} */
  #chosen = new Set(); // examples

  get hasChosen() {
    return this.#chosen.size > 0;
  }

  get isOpen() {
    return this.#open !== null;
  }

  /** @param {string} name of what to compare with */
  #choose(name) {
    this.close();
    this.findings.ask("matrix", `review/matrix?against=${name}`);
  }

  update() {
    const found = this.findings.of("matrix");
    const error = this.findings.errorOf("matrix");
    show(this.table, Boolean(found?.n));
    show(this.empty, !found?.n);
    if (!found) return write(this.empty, error || "Counting…");
    this.#drawOptions(found);
    write(this.againstName, found.options.find(({ name }) => name === found.against)?.title ?? "");
    write(this.words, found.n ? `rows: ${found.rows}. ${many(found.n, "image")}` : "");
    write(this.empty, found.empty);
    this.#draw(found);
  }

  /**
   * Only when they are others: a list that is open would close.
   * @param {MatrixAnswer} found
   */
  #drawOptions({ options, against }) {
    const names = JSON.stringify(options);
    if (this.against.dataset.names !== names) {
      this.against.dataset.names = names;
      this.against.replaceChildren(...options.map(({ name, title }) => h("option", { value: name }, title)));
    }
    this.against.value = against;
  }

  /** @param {MatrixAnswer} found */
  #draw({ classes, counts }) {
    const known = classes.map((id) => this.client.classOf(id));
    const drawn = JSON.stringify([known, counts, this.#open]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    redraw(this.table, () => this.#drawCells(known, counts));
  }

  /**
   * @param {(LookedClass | undefined)[]} known
   * @param {number[][]} counts
   */
  #drawCells(known, counts) {
    const size = Math.max(14, Math.min(37, Math.floor((500 - 60) / (known.length || 1)) - 2));
    this.table.style.setProperty("--cell", `${size}px`);
    this.table.style.gridTemplateColumns = `24px repeat(${known.length}, ${size}px)`;
    const most = Math.max(1, ...counts.flatMap((row, r) => row.filter((_, c) => c !== r)));
    const corner = h("span");
    const head = known.map((cls) => h("span.head", {}, cls ? glyph(cls) : null));
    const rows = counts.flatMap((row, r) => [h("span.head", {}, known[r] ? glyph(known[r]) : null),
      ...row.map((n, c) => this.#cell(n, r, c, known, most))]);
    this.table.replaceChildren(corner, ...head, ...rows);
    const cells = [...this.table.querySelectorAll("button")];
    const first = cells.find((cell) => cell.classList.contains("open")) ?? cells.find((cell) => !cell.classList.contains("same")) ?? cells[0];
    for (const cell of cells) cell.tabIndex = cell === first ? 0 : -1; // the one stop of Tab
  }

  /**
   * @param {number} n
   * @param {number} r of its row
   * @param {number} c of its column
   * @param {(LookedClass | undefined)[]} known
   * @param {number} most the largest number beside the diagonal
   */
  #cell(n, r, c, known, most) {
    if (!n) return h("span.zero", {}, "·");
    const [row, column] = [known[r], known[c]];
    const strength = r === c ? 0 : 0.18 + 0.72 * Math.sqrt(n / most);
    const isOpen = this.#open?.row === row?.id && this.#open?.column === column?.id;
    const [shown, which] = [n > 9999 ? `${Math.round(n / 1000)}k` : String(n), `really ${row?.name}, guessed ${column?.name}`];
    const box = h(`button.n${r === c ? ".same" : ""}${isOpen ? ".open" : ""}`, {
      title: `${many(n, "image")}: ${which}`, "aria-label": `${shown} images: ${which}`, "data-testid": `cell-${row?.id}-${column?.id}`,
      style: r === c ? "" : `background: color-mix(in srgb, var(--accent) ${Math.round(strength * 85)}%, var(--panel))`,
      onclick: () => row && column && this.open(row.id, column.id) }, shown);
    return box;
  }

  /**
   * Shows the images of a cell.
   * @param {number} row id of the true class
   * @param {number} column id of the guessed one
   */
  open(row, column) {
    this.#open = { row, column };
    this.#chosen.clear();
    const against = this.findings.of("matrix")?.against ?? "";
    this.findings.ask("cell", `review/cell?against=${against}&row=${row}&column=${column}`);
    this.update();
    this.updateCell();
  }

  close() {
    const { row, column } = this.#open ?? {};
    const hadFocus = this.cell.contains(focusedBeside(this.cell));
    this.#open = null;
    this.#chosen.clear();
    show(this.cell, false);
    this.update();
    if (hadFocus) find(this.table, `[data-testid="cell-${row}-${column}"]`)?.focus();
  }

  updateCell() {
    show(this.cell, this.isOpen);
    if (!this.#open) return;
    const [row, column] = [this.client.classOf(this.#open.row), this.client.classOf(this.#open.column)];
    if (!row || !column) return this.close();
    this.title.replaceChildren("Really", glyph(row), "guessed", glyph(column));
    const found = this.findings.of("cell");
    const items = found?.items.slice(0, SHOWN) ?? [];
    write(this.found, found ? `${many(found.n, "image")}, ${row === column ? "least sure" : "surest mistakes"} first` : "");
    redraw(this.tiles, () => this.tiles.replaceChildren(...items.map(({ example, p }) => this.#tile(example, p))));
    this.#updateButtons(row);
  }

  /**
   * @param {number} example
   * @param {number} p how sure the guess is
   */
  #tile(example, p) {
    const { element, canvas } = picture(".im");
    this.images.draw(canvas, example);
    const isChosen = this.#chosen.has(example);
    return h(`button.tile${isChosen ? ".f" : ""}`, { "aria-pressed": String(isChosen), title: `image ${example}`,
      "data-example": example, onclick: () => this.#toggle(example) }, element, h("span.s", {}, share(p)));
  }

  /** @param {number} example */
  #toggle(example) {
    if (!this.#chosen.delete(example)) this.#chosen.add(example);
    this.updateCell();
  }

  /** @param {LookedClass} row the true class of the open cell */
  #updateButtons(row) {
    const n = this.#chosen.size;
    this.button.replaceChildren(`Label ${n || ""} as ${row.name}`.replace("  ", " "), row.key ? key(row.key.toUpperCase()) : "");
    enable(this.button, n > 0, n ? "" : "Click the images that you mean first");
    write(this.chosenWords, n ? `${count(n)} selected` : "click images to select them");
  }

  #labelChosen() {
    if (this.#open && isEnabled(this.button)) this.give(this.#open.row);
  }

  /**
   * Labels what is chosen in the open cell.
   * @param {number} cls
   */
  give(cls) {
    this.verbs.give([...this.#chosen], cls);
    this.#chosen.clear();
    this.updateCell();
  }

  /** Goes to the map with the chosen images, or all of the open cell, selected. */
  showOnMap() {
    const all = this.findings.of("cell")?.items.map(({ example }) => example) ?? [];
    const examples = this.#chosen.size ? [...this.#chosen] : all;
    if (!examples.length) return;
    sessionStorage.setItem(`ssvae.select.${this.client.session}`, JSON.stringify(examples));
    location.href = pageAddress("", this.client.session);
  }
}
