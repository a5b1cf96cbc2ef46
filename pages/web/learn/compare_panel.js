/** What was kept beside what is now: the number in large type, and the figures of both at one scale. */

import { h, show, write } from "../shared/dom.js";
import { sharedRanges } from "./arrays.js";
import { figureOf } from "./figures.js";
import { inWords, labelOf } from "./course.js";

/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./lessons.js").LessonState} LessonState */

export class ComparePanel {
  /**
   * @param {HTMLElement} kept
   * @param {HTMLElement} now
   * @param {import("../shared/theme.js").Theme} theme
   */
  constructor(kept, now, theme) {
    this.theme = theme;
    this.kept = new Side(kept, "kept to compare");
    this.now = new Side(now, "now");
  }

  theme;
  kept;
  now;
  /** @type {(LessonState | null)[]} */
  #drawn = [];
  #drawnFor = "";

  /**
   * @param {Course} course
   * @param {LessonState | null} kept
   * @param {LessonState | null} now what the knob shows; null while it is read
   * @param {boolean} isAgain whether the colours are others
   */
  update(course, kept, now, isAgain = false) {
    const { lesson } = course;
    const { knob, free_knob: free } = lesson;
    const freeWords = course.isFree ? ` · ${free.symbol ? inWords(free, course.free) : `${free.name}: ${labelOf(free, course.free)}`}` : "";
    this.kept.name(inWords(knob, knob.kept), kept, `kept to compare${course.data && !kept?.data ? ", digits" : ""}`);
    this.now.name(inWords(knob, course.value), course.isLocked ? null : now, `${course.showsRun && now ? "ran here" : "now"}${freeWords}`);
    const isUnrun = course.data !== "" && !now && !course.isLocked;
    this.now.ask(course.isLocked ? "What will stand here? Answer first." : isUnrun ? "Not seen on these images yet. Run it here (G)." : "");
    const about = `${lesson.name} ${course.isLocked} ${isUnrun}`;
    const isOther = about !== this.#drawnFor;
    if (!isOther && !isAgain && kept === this.#drawn[0] && (now === this.#drawn[1] || now === null)) return;
    this.#drawnFor = about;
    this.#drawn = [kept, now];
    const ranges = sharedRanges([kept?.figures ?? null, course.isLocked ? null : now?.figures ?? null]);
    this.kept.draw(kept, ranges, this.theme);
    if (course.isLocked || now || isOther) this.now.draw(course.isLocked ? null : now, ranges, this.theme);
  }
}

class Side {
  /**
   * @param {HTMLElement} panel
   * @param {string} words
   */
  constructor(panel, words) {
    this.title = h("b.side-title");
    this.words = h("span.s", {}, words);
    this.number = h("b.side-number", { "data-testid": "number" });
    this.figures = h("div.figures");
    this.question = h("div.side-question", {});
    panel.append(h("div.row.side-head", {}, this.title, this.words, this.number), this.figures, this.question);
  }

  title;
  words;
  number;
  figures;
  question;

  /**
   * @param {string} title
   * @param {LessonState | null} state
   * @param {string} words
   */
  name(title, state, words) {
    write(this.title, title);
    write(this.words, words);
    if (state || words.startsWith("kept")) write(this.number, state?.words ?? "");
  }

  /** @param {string} words in place of figures; "" where there are some */
  ask(words) {
    write(this.question, words);
    show(this.question, Boolean(words));
    if (words) write(this.number, "?");
  }

  /**
   * @param {LessonState | null} state
   * @param {{x: import("./arrays.js").Range, y: import("./arrays.js").Range}[]} ranges
   * @param {import("../shared/theme.js").Theme} theme
   */
  draw(state, ranges, theme) {
    this.figures.replaceChildren(...(state?.figures ?? []).map((figure, k) => figureOf(figure, ranges[k], theme, state?.class_names ?? [])));
  }
}
