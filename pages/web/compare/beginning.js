/** What the page shows before anything is compared: what it is for, and one button that begins. */

import { enable, h, isEnabled, show, write } from "../shared/dom.js";
import { takes } from "./words.js";

export class Beginning {
  comparison;
  trio;
  go;
  words;
  why;
  element;

  /** @param {import("./comparison.js").Comparison} comparison */
  constructor(comparison) {
    this.comparison = comparison;
    this.trio = h("ul.trio");
    this.go = h("button.btn.p", { "data-testid": "begin", onclick: () => isEnabled(this.go) && this.#begin() }, "Compare these");
    this.words = h("span.s");
    this.why = h("div.s", { "data-testid": "why-not" });
    this.element = h("section.panel.beginning", { "data-testid": "beginning", "aria-label": "Begin" },
      h("div.page-title", {}, "Which model suits your images?"),
      h("p", {}, "Several models learn from the same labels, one after the other. Then you see side by side what each takes every image for, how it draws, "
        + "where they disagree, and whether one is really better or only seems so."),
      this.trio, h("div.row", {}, this.go, this.words), this.why,
      h("p.s", {}, "Nothing of your session changes: the model in use is one of them. While they learn, it rests; your labels are saved and spread all the same."));
  }

  get #budget() {
    return this.comparison.answer?.limits.budget ?? 0;
  }

  update() {
    const { answer } = this.comparison;
    if (!answer) return;
    const known = answer.trio.flatMap(({ model }) => answer.models.filter(({ name }) => name === model));
    this.trio.replaceChildren(...known.map(({ title, about }, k) => h("li", {}, h("b", {}, title), k === 0 ? h("span.tag", {}, "in use") : null, h("span.s", {}, ` ${about}`))));
    write(this.words, `Takes ${takes(known.length, this.#budget)}.`);
    enable(this.go, !answer.can_begin && !this.comparison.isAsking, answer.can_begin);
    show(this.why, Boolean(answer.can_begin));
    write(this.why, answer.can_begin);
  }

  #begin() {
    const { answer } = this.comparison;
    const { who } = this.comparison;
    this.comparison.wanted = null;
    if (answer) this.comparison.wish({ do: "add", models: answer.trio, budget: this.#budget, who });
  }
}
