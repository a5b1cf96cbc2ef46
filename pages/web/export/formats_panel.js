/** The formats as cards: what each holds, and who reads it. */

import { h, icon, walkByArrows } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";

/** @type {Record<string, string>} */
const ICONS = { csv: "table_chart", jsonl: "data_object", parquet: "view_column", imagefolder: "folder_copy", coco: "category",
  "label-studio": "sell", model: "memory", onnx: "deployed_code", report: "summarize" };
/** @type {[title: string, formats: string[]][]} */
const GROUPS = [["Tables", ["csv", "jsonl", "parquet"]], ["Images with their classes", ["imagefolder", "coco", "label-studio"]],
  ["The model", ["model", "onnx"]]];

/** @typedef {import("../shared/api.js").ExportFormat} ExportFormat */

export class FormatsPanel {
  exports;
  body;

  /**
   * @param {HTMLElement} panel
   * @param {import("./exports.js").Exports} exports
   */
  constructor(panel, exports) {
    this.exports = exports;
    this.body = h("div.pad.scrolls", { role: "radiogroup", "aria-label": "Format" });
    walkByArrows(this.body, ".format", (card) => card.click());
    panel.append(h("div.h", {}, "What to write"), this.body);
  }

  #drawn = "";

  update() {
    const { all, chosen } = this.exports;
    if (!all) return;
    const drawn = JSON.stringify([all.formats, chosen]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const known = GROUPS.flatMap(([, names]) => names);
    const others = all.formats.map(({ name }) => name).filter((name) => !known.includes(name));
    const groups = [...GROUPS, /** @type {(typeof GROUPS)[number]} */ (["To read and to show", others])];
    redraw(this.body, () => this.body.replaceChildren(...groups.flatMap(([title, names]) => {
      const formats = names.map((name) => all.formats.find((each) => each.name === name)).filter((each) => each !== undefined);
      return formats.length ? [h("div.sub-title", {}, title), h("div.cards", {}, ...formats.map((each) => this.#card(each)))] : [];
    })));
  }

  /** @param {ExportFormat} format */
  #card({ name, title, about, read_by: readBy, why_not: why }) {
    const isOn = name === this.exports.chosen;
    return h(`button.format${isOn ? ".on" : ""}${why ? ".cannot" : ""}`, { role: "radio", "aria-checked": String(isOn), tabindex: isOn ? "0" : "-1", "data-format": name,
      "data-testid": `format-${name}`, onclick: () => this.exports.choose(name) },
    h("span.row", {}, icon(ICONS[name] ?? "description"), h("b", {}, title)),
    h("span.about", {}, `${about.charAt(0).toUpperCase()}${about.slice(1)}.`),
    h("span.s", {}, why || `Read by ${readBy}`));
  }
}
