/** The line under the title when the models have not learned from the labels of now, and how they would. */

import { h, show, write } from "../shared/dom.js";
import { takes } from "./words.js";
import { many } from "../shared/format.js";

export class Notice {
  comparison;
  words;
  go;
  leave;
  element;

  /** @param {import("./comparison.js").Comparison} comparison */
  constructor(comparison) {
    this.comparison = comparison;
    this.words = h("span");
    this.go = h("button.btn.small", { "data-testid": "train-again", onclick: () => this.#train() });
    this.leave = h("button.btn.small.gh", { "data-testid": "leave", onclick: () => this.ask(null) }, "Leave them");
    this.element = h("div.row.notice", { role: "status", "data-testid": "notice" }, this.words, this.go, this.leave);
    show(this.element, false);
  }

  /** @type {string | null} */
  #who = null; // whose labels are asked for; null: nobody asked

  /** @param {string | null} who somebody wants the labels of; "" for everybody's */
  ask(who) {
    this.#who = who === this.comparison.answer?.labels.who ? null : who;
    this.comparison.emit("change");
  }

  update() {
    const { answer, isRunning } = this.comparison;
    if (!answer) return;
    const { labels: { n, newer, who, people }, members } = answer;
    const wanted = this.#who;
    show(this.element, members.length > 0 && !isRunning && (wanted !== null || newer > 0));
    show(this.leave, wanted !== null);
    const time = takes(members.length, members[0]?.budget ?? 0);
    if (wanted !== null) {
      const theirs = people.find(({ name }) => name === wanted)?.n;
      write(this.words, `These have learned from the labels of ${who || "everybody"}.`);
      write(this.go, `Train all on ${wanted ? `${wanted}'s${theirs === undefined ? "" : ` ${theirs}`}` : "everybody's"} labels`);
    } else {
      write(this.words, `${many(newer, "label")} came later than these have learned from (${n}).`);
      write(this.go, `Train all again`);
    }
    this.go.title = `Takes ${time}`;
  }

  #train() {
    const who = this.#who;
    this.#who = null;
    this.comparison.wish(who === null ? { do: "train" } : { do: "train", who });
  }
}
