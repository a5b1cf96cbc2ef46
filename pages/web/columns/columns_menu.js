/**
 * "Columns": a tool of the map where examples are rows of numbers. A column colours the map, a range
 * of it selects, and rows stand side by side. The values of a row are shown where it is.
 */

import { find, focusedBeside, h, icon, show, write } from "../shared/dom.js";
import { ColumnsClient, columnCalled } from "./columns_client.js";
import { RangeBox } from "./range_box.js";
import { shades } from "./ranges.js";
import { RowTable } from "./row_table.js";

const PARALLEL = new URL("parallel.js", import.meta.url); // beside the built modules, with the library that draws
const ON_HOVER = 6; // columns on the card of a point
const ON_CARD = 60;

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../map/colour_sources.js").ColourSources} colourSources
 * @property {import("../map/latent_map.js").LatentMap} map
 * @property {HTMLElement} card the panel of one example
 */

export class ColumnsMenu {
  /**
   * @param {HTMLElement} panel of the map
   * @param {Parts} parts
   */
  constructor(panel, { client, colourSources, map, card }) {
    this.panel = panel;
    this.client = client;
    this.colourSources = colourSources;
    this.map = map;
    this.columns = new ColumnsClient(client);
    this.button = h("button.narrow", { "data-testid": "columns-menu", title: "Columns: colour, select a range, compare rows",
      "aria-expanded": "false", onclick: () => this.toggle(), "aria-label": "Columns" }, icon("view_column"));
    this.element = h("div.card.menu.columns-menu", { "data-testid": "columns-card", role: "group", "aria-label": "Columns",
      onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.close() && event.stopPropagation() },
    h("div.row", {}, this.search, this.names), this.body);
    panel.append(this.element);
    find(panel, ".tool.left")?.append(this.button);
    map.hoverCard.element.append(this.onHover.element);
    card.append(this.onCard.element);
    for (const part of [this.button, this.element, this.body]) show(part, false);
    this.#stops = [client.on("state", () => this.#begin()), client.on("hover", () => this.#showRows()),
      client.on("focus", () => this.#showRows()), client.on("selection", () => this.#updateButtons())];
    document.addEventListener("pointerdown", this.#outside, true);
  }

  panel;
  client;
  colourSources;
  map;
  columns;
  button;
  element;
  /** @type {import("./parallel_box.js").ParallelBox | null} */
  parallel = null; // until rows are compared
  names = h("datalist", { id: "columns-names" });
  search = h("input", { type: "search", list: "columns-names", placeholder: "Name of a column", "data-testid": "column-name",
    "aria-label": "Name of a column", oninput: () => this.#choose() });
  range = new RangeBox((examples) => this.#select(examples));
  colour = h("button.btn.small", { "data-testid": "colour-by-column", onclick: () => this.#colour() }, "Colour the map by it");
  beside = h("button.btn.small", { "data-testid": "compare-rows", onclick: () => this.#compare(null) }, "Selection beside others");
  drawn = h("button.btn.small", { "data-testid": "compare-drawn", onclick: () => this.#compareDrawn() }, "Class beside its drawings");
  which = h("select", { "data-testid": "drawn-class", "aria-label": "Class whose drawings are shown" });
  trouble = h("div.s", { role: "status", "data-testid": "columns-trouble" });
  body = h("div", {}, this.range.element, h("div.row", { style: "padding: 4px 8px 0" }, this.colour),
    h("div.foot", {}, h("div.s", {}, "Rows side by side"), h("div.row", {}, this.beside),
      h("label.row", {}, this.which, this.drawn), this.trouble));
  onHover = new RowTable(ON_HOVER, "hover-columns");
  onCard = new RowTable(ON_CARD, "card-columns");
  #stops;
  #hasBegun = false;
  /** @type {number | null} */
  #column = null; // the chosen one
  #outside = (/** @type {PointerEvent} */ event) => {
    const path = event.composedPath();
    if (![this.element, this.button].some((part) => path.includes(part)) && this.isOpen) this.close();
  };

  destroy() {
    for (const stop of this.#stops) stop();
    document.removeEventListener("pointerdown", this.#outside, true);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  toggle() {
    if (this.isOpen) return this.close();
    show(this.element, true);
    this.button.classList.add("on");
    this.button.setAttribute("aria-expanded", "true");
    this.#updateButtons();
    this.search.focus();
  }

  close() {
    if (!this.isOpen) return false;
    const hadFocus = this.element.contains(focusedBeside(this.element));
    show(this.element, false);
    this.button.classList.remove("on");
    this.button.setAttribute("aria-expanded", "false");
    if (hadFocus) this.button.focus();
    return true;
  }

  /** Once the session is known to have columns. */
  async #begin() {
    this.#updateButtons();
    if (this.#hasBegun || !this.client.state?.data.has_columns) return;
    this.#hasBegun = true;
    try {
      const { names, draws } = await this.columns.read();
      this.names.replaceChildren(...names.map((name) => h("option", { value: name })));
      for (const part of [this.which, this.drawn]) show(part, draws);
      show(this.button, true);
      show(this.body, true);
      this.search.value = names[0] ?? "";
      await this.#choose();
      this.#showRows();
    } catch (error) {
      this.#hasBegun = false; // the next state asks again
      this.client.sayTrouble(error);
    }
  }

  async #choose() {
    const { about } = this.columns;
    const column = about && columnCalled(about.names, this.search.value);
    if (column === null || column === this.#column) return;
    try {
      const values = await this.columns.values(column);
      this.#column = column;
      this.range.show(values);
      if (this.colourSources.column) this.#colour(true);
    } catch (error) {
      this.client.sayTrouble(error);
    }
  }

  /** The map by the chosen column; once more, and it is as it was. */
  #colour(stays = false) {
    const { about } = this.columns;
    const isOff = !stays && this.colourSources.column?.name === about?.names[this.#column ?? -1];
    if (isOff || !about || this.#column === null) this.colourSources.setColumn(null);
    else this.colourSources.setColumn({ name: about.names[this.#column], values: shades(this.range.values) });
    write(this.colour, this.colourSources.column ? "Colour as before" : "Colour the map by it");
  }

  /** @param {number[]} examples */
  #select(examples) {
    this.map.lasso.forget();
    this.client.setSelection(new Set(examples));
  }

  #updateButtons() {
    if (!this.isOpen) return;
    this.beside.disabled = !this.client.selection.size;
    this.beside.title = this.client.selection.size ? "" : "Select rows first: by a range, the lasso, or a click";
    const { classes } = this.client;
    const names = JSON.stringify(classes.map(({ id, name }) => [id, name]));
    if (this.which.dataset.names === names) return;
    this.which.dataset.names = names;
    this.which.replaceChildren(...classes.map(({ id, name }) => h("option", { value: id }, name)));
  }

  /**
   * @param {number | null} cls
   * @param {string} title
   */
  async #compare(cls, title = "The selection beside other rows") {
    write(this.trouble, cls === null ? "Reading the rows …" : "The model is drawing …");
    try {
      const examples = cls === null ? [...this.client.selection] : [];
      const found = await this.columns.parallel(examples, cls);
      await (await this.#parallelBox()).draw(title, found);
      write(this.trouble, "");
      this.close();
    } catch (error) {
      write(this.trouble, error instanceof Error ? error.message : String(error));
    }
  }

  async #parallelBox() {
    /** @type {typeof import("./parallel_box.js")} */
    const { ParallelBox } = await import(String(PARALLEL));
    return (this.parallel ??= new ParallelBox(this.panel));
  }

  #compareDrawn() {
    const cls = this.client.classOf(Number(this.which.value));
    if (cls) this.#compare(cls.id, `Rows that you labelled ${cls.name}, and rows of it that the model draws`);
  }

  #showRows() {
    if (!this.columns.about) return;
    const { hover, focus } = this.client;
    this.#showRow(this.onHover, hover ?? focus, () => this.client.hover ?? this.client.focus);
    this.#showRow(this.onCard, focus, () => this.client.focus);
  }

  /**
   * @param {RowTable} table
   * @param {number | null} example
   * @param {() => number | null} wanted which one is still wanted when the answer has come
   */
  async #showRow(table, example, wanted) {
    table.update(example === null ? null : this.columns.peek(example));
    if (example === null || this.columns.peek(example)) return this.map.hoverCard.place();
    try {
      const row = await this.columns.row(example);
      if (wanted() === example) table.update(row);
      this.map.hoverCard.place();
    } catch {
      // The card simply has no columns; the next one asks again.
    }
  }
}
