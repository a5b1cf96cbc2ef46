/** The columns of one row: name, value, and where among all rows it stands. */

import { h, show } from "../shared/dom.js";
import { inUnits } from "./columns_client.js";

/** @typedef {import("../shared/api.js").ColumnsRowAnswer} Row */

export class RowTable {
  /** @param {number} most columns that are shown */
  constructor(most, testid = "row-columns") {
    this.most = most;
    this.lines = h("div.lines");
    this.note = h("div.s");
    this.element = h("div.row-columns", { "data-testid": testid }, this.lines, this.note);
    show(this.element, false);
  }

  most;
  lines;
  note;
  element;

  /** @param {Row | null} row */
  update(row) {
    show(this.element, row !== null);
    if (!row) return;
    const shown = row.columns.slice(0, this.most);
    this.lines.replaceChildren(...shown.map(line));
    const more = row.n - shown.length;
    const isOrdered = row.n > 20; // as session/views/columns.py orders
    this.note.textContent = more > 0 ? `${isOrdered ? "The most unusual of" : "The first of"} ${row.n} columns.` : "";
  }
}

/** @param {Row["columns"][number]} column */
function line({ name, value, rank, filled }) {
  const bar = h("span.rank", { "aria-hidden": "true" });
  if (rank !== null) {
    const tick = h("i");
    tick.style.left = `${Math.round(100 * rank)}%`;
    bar.append(tick);
  }
  const where = rank === null ? filled === null ? "missing" : `missing; the model takes ${inUnits(filled)}, the column's median`
    : `${Math.round(100 * rank)}% of the rows lie below`;
  return h("div.line", { title: `${name}: ${where}` }, h("span.name", {}, name),
    h(value === null ? "span.value.s" : "span.value", {}, inUnits(value)), bar);
}
