/** The panel in the middle: the bounds term by term, or what the chosen member takes for what. */

import { h } from "../shared/dom.js";
import { HttpError } from "../shared/http.js";
import { redraw } from "../shared/redraw.js";
import { boundTable } from "./bound_table.js";
import { confusionTable } from "./confusion_table.js";

/** @typedef {import("./answers.js").ConfusionAnswer} ConfusionAnswer */

export class DetailPanel {
  view;
  tabs;
  body;

  /**
   * @param {HTMLElement} panel
   * @param {import("./compare_view.js").CompareView} view
   */
  constructor(panel, view) {
    this.view = view;
    this.tabs = /** @type {const} */ ([["bound", "Bound, term by term"], ["confusion", "What is taken for what"]]).map(([name, words]) => ({
      name, button: h("button", { role: "tab", "data-testid": `panel-${name}`, onclick: () => view.set({ panel: name }) }, words) }));
    this.body = h("div.detail-body", { role: "tabpanel", tabindex: "0", "aria-label": "Bounds and mistakes" });
    panel.append(h("div.h", {}, h("div.seg", { role: "tablist", "aria-label": "What is shown" }, ...this.tabs.map(({ button }) => button))), this.body);
  }

  /** @type {ConfusionAnswer | null} */
  #confusion = null;
  #error = "";
  #asked = ""; // what the confusion was asked for
  #drawn = "";

  update() {
    const { view } = this;
    for (const { name, button } of this.tabs) {
      button.classList.toggle("on", name === view.link.panel);
      button.setAttribute("aria-selected", String(name === view.link.panel));
    }
    if (view.link.panel === "confusion") this.#ask();
    const { answer } = view.comparison;
    const drawn = JSON.stringify([view.link, view.labels, answer?.version, answer?.by, view.chosen?.id, this.#asked, this.#error,
      this.#confusion !== null, view.client.classes.map(({ id, name, glyph, look }) => [id, name, glyph, look])]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    redraw(this.body, () => this.body.replaceChildren(view.link.panel === "bound" ? boundTable(view)
      : confusionTable(view, this.#confusion, this.#error)));
  }

  async #ask() {
    const { view } = this;
    const { answer } = view.comparison;
    const asked = `compare/confusion?labels=${view.labels}${view.comparison.judge("&")}`;
    const name = `${asked} ${answer?.version}`;
    if (name === this.#asked || !answer) return;
    this.#asked = name;
    try {
      const found = await view.client.api.get(asked);
      if (this.#asked !== name) return;
      this.#confusion = found;
      this.#error = "";
    } catch (error) {
      if (this.#asked !== name) return;
      this.#error = error instanceof HttpError && error.isSentence ? error.message : "The server did not answer.";
    }
    this.#drawn = "";
    this.update();
  }
}
