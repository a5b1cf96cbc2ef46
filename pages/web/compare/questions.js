/** What is asked before a model is put to use, removed, or all are trained again. */

import { h } from "../shared/dom.js";
import { Popover } from "../shared/popover.js";

/** @typedef {import("./answers.js").Member} Member */

/**
 * What happens when a member becomes the session's model, a sentence each.
 * @param {Member} member
 * @param {Member | null} inUse
 */
export function useWords(member, inUse) {
  return [
    `${member.title} becomes the session's model: it guesses, draws and goes on learning from your labels.`,
    ...(member.other_encoder ? [`Images are seen by ${member.other_encoder} from then on, in all sessions on this data set.`] : []),
    "All labels, names and checked images stay as they are.",
    ...(inUse ? [`${inUse.title} stays here as it is now, and can be chosen back.`] : []),
  ];
}

export class Question {
  comparison;

  /** @param {import("./comparison.js").Comparison} comparison */
  constructor(comparison) {
    this.comparison = comparison;
  }

  /** @type {Popover | null} */
  #popover = null;

  destroy() {
    this.#popover?.close();
  }

  /**
   * @param {HTMLElement} anchor
   * @param {{title: string, sentences: string[], yes: string, no: string, testid: string}} words
   * @param {() => unknown} then
   */
  #ask(anchor, { title, sentences, yes, no, testid }, then) {
    const close = () => this.#popover?.close();
    const go = h("button.btn.p", { "data-testid": `${testid}-yes`, onclick: () => (close(), then()) }, yes);
    this.#popover = new Popover("question-box", { label: title, testid },
      h("div.h", {}, title), ...sentences.map((sentence) => h("p.s", {}, sentence)),
      h("div.row.question-foot", {}, go, h("button.btn", { "data-testid": `${testid}-no`, onclick: close }, no)));
    this.#popover.open(anchor, { right: true, focus: go });
  }

  /**
   * @param {Member} member
   * @param {HTMLElement} anchor
   */
  use(member, anchor) {
    const inUse = this.comparison.inUse ?? null;
    this.#ask(anchor, { title: `Use ${member.title}?`, sentences: useWords(member, inUse), yes: "Use it",
      no: inUse ? `Keep ${inUse.title}` : "Leave it", testid: "use-it" }, () => this.comparison.wish({ do: "use", member: member.id }));
  }

  /**
   * @param {Member} member
   * @param {HTMLElement} anchor
   */
  remove(member, anchor) {
    this.#ask(anchor, { title: `Remove ${member.title}?`, sentences: ["What it has learned here, its guesses and its drawings go. Your labels and the model in use stay."],
      yes: "Remove", no: "Keep it", testid: "remove-it" }, () => this.comparison.wish({ do: "remove", member: member.id }));
  }
}
