/** What stands beside the title when the models have not learned from the labels that are meant, and how they would. */

import { h, show, write } from "../shared/dom.js";
import { notice, takes } from "./words.js";

export class Notice {
  comparison;
  words;
  go;
  leave;
  element;
  isShown = false;

  /** @param {import("./comparison.js").Comparison} comparison */
  constructor(comparison) {
    this.comparison = comparison;
    this.words = h("span.s.ellipsis");
    this.go = h("button.btn.small", { "data-testid": "train-again", onclick: () => this.#train() });
    this.leave = h("button.btn.small.gh", { "data-testid": "leave", onclick: () => comparison.want(null) }, "Leave them");
    this.element = h("span.row.notice", { role: "status", "data-testid": "notice" }, this.words, this.go, this.leave);
    show(this.element, false);
  }

  update() {
    const { answer, isRunning, wanted } = this.comparison;
    if (!answer) return;
    const found = isRunning ? null : notice(answer, wanted);
    this.isShown = found !== null;
    show(this.element, this.isShown);
    show(this.leave, wanted !== null);
    if (!found) return;
    write(this.words, found.words);
    write(this.go, found.go);
    this.go.title = `Takes ${takes(found.models, answer.members[0]?.budget ?? 0)}`;
  }

  #train() {
    const { wanted, who } = this.comparison;
    this.comparison.wanted = null;
    this.comparison.wish(wanted === null ? { do: "train" } : { do: "train", who });
  }
}
