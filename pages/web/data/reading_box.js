/** How the file was read, as it was recognised: a choice that is not right is changed, and it is read again. */

import { h, icon, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";

/** @typedef {import("../shared/api.js").Report} Report */
/** @typedef {import("../shared/api.js").ReadingOption} ReadingOption */

export class ReadingBox {
  shelf;
  why = h("div.s");
  rows = h("div.reading-rows", { "data-testid": "read-as" });
  element = h("div.read-as", {}, h("div.row.half-head", {}, h("b", {}, "How it was read"), this.why), this.rows);

  /** @param {import("./shelf.js").Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf;
  }

  #drawn = "";

  /** @param {Report} report */
  update(report) {
    const drawn = JSON.stringify([report.id, report.reading, report.can_read_again]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    show(this.element, report.reading.length > 0);
    write(this.why, report.can_read_again ? "Recognised. Change what is not right: it is read again." : "Recognised.");
    redraw(this.rows, () => this.rows.replaceChildren(...report.reading.map((option) => this.#row(option, report))));
  }

  /**
   * @param {ReadingOption} option
   * @param {Report} report
   */
  #row(option, report) {
    const select = h("select", { "aria-label": option.title, "data-testid": `read-${option.name}`,
      onchange: () => this.shelf.readAs(option.name, select.value) },
    ...option.options.map(([value, title]) => h("option", { value, selected: value === option.value }, title)));
    select.disabled = !report.can_read_again || option.options.length < 2;
    const [, title] = option.options.find(([value]) => value === option.value) ?? ["", option.value];
    return h("label.read-row", {}, h("span.s", {}, option.title), h("span.sel", {}, h("span.chosen", { title }, title),
      select.disabled ? null : icon("arrow_drop_down"), select));
  }
}

/**
 * What a person chose of how a file is read; with one choice more, what depends on it is found anew.
 * @param {ReadingOption[]} options in the order of their dependence
 * @param {string} name of the option that changes; "" for none
 * @param {string} value
 * @returns {Record<string, string>}
 */
export function chosen(options, name = "", value = "") {
  const at = options.findIndex((option) => option.name === name);
  const kept = (at < 0 ? options : options.slice(0, at)).filter((option) => option.is_chosen);
  return Object.fromEntries([...kept.map((option) => [option.name, option.value]), ...(at < 0 ? [] : [[name, value]])]);
}
