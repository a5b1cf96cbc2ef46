/** What stands beside the title when the models have not learned from the labels of now, and how they would. */

import { h, show, write } from "../shared/dom.js";
import { takes } from "./words.js";
import { many } from "../shared/format.js";

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
    const { labels: { n, newer, who, people }, members } = answer;
    this.isShown = members.length > 0 && !isRunning && (wanted !== null || newer > 0);
    show(this.element, this.isShown);
    show(this.leave, wanted !== null);
    const time = takes(members.length, members[0]?.budget ?? 0);
    if (wanted !== null) {
      const theirs = people.find(({ name }) => name === wanted)?.n;
      write(this.words, `These have learned from the labels of ${who || "everybody"}.`);
      write(this.go, `Train all on ${wanted ? `${wanted}'s${theirs === undefined ? "" : ` ${theirs}`}` : "everybody's"} labels`);
    } else {
      write(this.words, `${many(newer, "label")} came later: these know ${n}.`);
      write(this.go, `Train all again`);
    }
    this.go.title = `Takes ${time}`;
  }

  #train() {
    const { wanted, who } = this.comparison;
    this.comparison.wanted = null;
    this.comparison.wish(wanted === null ? { do: "train" } : { do: "train", who });
  }
}
