/** Where one begins: the lessons in the order in which a teacher would take them, and how far one is in each. */

import { h, icon } from "../shared/dom.js";
import { many } from "../shared/format.js";
import { redraw } from "../shared/redraw.js";

/** @typedef {import("./lessons.js").Lesson} Lesson */
/** @type {Record<string, string>} */
const SIGNS = { "": "", begun: "begun", done: "done" };

export class ListPanel {
  /**
   * @param {HTMLElement} panel
   * @param {{open: (name: string) => void, readNotes: () => void}} parts
   */
  constructor(panel, { open, readNotes }) {
    this.panel = panel;
    this.open = open;
    this.readNotes = readNotes;
  }

  panel;
  open;
  readNotes;
  #drawn = "";

  /**
   * @param {Lesson[]} lessons
   * @param {Record<string, string>} progress of each, by name
   */
  update(lessons, progress) {
    const drawn = JSON.stringify([lessons.map(({ name }) => name), progress]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const minutes = lessons.reduce((sum, lesson) => sum + lesson.minutes, 0);
    const nDone = lessons.filter(({ name }) => progress[name] === "done").length;
    redraw(this.panel, () => this.panel.replaceChildren(
      h("div.row.list-head", {}, h("div", {}, h("h1", {}, "Learn what the model does"),
        h("p.s", {}, `${many(lessons.length, "lesson")}, about ${Math.round(minutes)} minutes in all. You predict, move one knob, and see.${nDone ? ` ${nDone} done.` : ""}`)),
      h("span.sp"), h("button.btn.big", { "data-testid": "notes", onclick: () => this.readNotes() }, icon("menu_book"), "Notes for teachers")),
      h("ol.lesson-list", {}, ...lessons.map((lesson, k) => this.#row(lesson, k + 1, progress[lesson.name] ?? "")))));
  }

  /**
   * @param {Lesson} lesson
   * @param {number} place
   * @param {string} progress
   */
  #row(lesson, place, progress) {
    return h("li", {}, h(`button.lesson-row${progress === "done" ? ".done" : ""}`, { "data-testid": `lesson-${lesson.name}`, onclick: () => this.open(lesson.name) },
      h("span.step-n", { "aria-hidden": "true" }, progress === "done" ? icon("check") : String(place)),
      h("span.lesson-words", {}, h("b", {}, lesson.title), h("span.s", {}, lesson.question)),
      h("span.s.lesson-minutes", {}, [`${lesson.minutes} min`, SIGNS[progress]].filter(Boolean).join(", "))));
  }
}
