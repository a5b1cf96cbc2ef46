/** The left side of a lesson: a short text, and its steps: predict, look, say why, try it yourself. */

import { h, icon, key, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { FormulaBox } from "./formula_box.js";
import { answerKeys, inWords } from "./course.js";

const HEADS = { predict: "Predict", look: "Look", why: "Say why", free: "Try it yourself" };

/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./lessons.js").LessonState} LessonState */
/** @typedef {import("./lessons.js").OwnImages} OwnImages */
/**
 * @typedef {object} Actions
 * @property {(answer: number) => void} predict
 * @property {() => void} next
 * @property {() => void} back
 * @property {() => void} again
 * @property {(data: string) => void} chooseData
 */

export class TextPanel {
  /**
   * @param {HTMLElement} panel
   * @param {Actions} actions
   */
  constructor(panel, actions) {
    this.actions = actions;
    this.inner = h("div.lesson-text", { "data-testid": "lesson-text" });
    this.foot = h("div.row.lesson-foot");
    this.formula = new FormulaBox();
    this.place = h("span");
    this.minutes = h("span.s");
    panel.append(h("div.row.lesson-place", {}, this.place, this.minutes, h("span.sp"), this.formula.button), this.inner, this.foot);
  }

  actions;
  inner;
  foot;
  formula;
  place;
  minutes;
  #drawn = "";

  /**
   * @param {Course} course
   * @param {{place: number, of: number, seen: LessonState | null, data: OwnImages[], nextTitle: string}} around
   *   its place among the lessons, what came where the question asks
   */
  update(course, around) {
    const { lesson } = course;
    const drawn = JSON.stringify([course.toQuery(), course.isSkipped, course.isSeen, around.seen?.said, around.data, around.nextTitle]);
    if (drawn === this.#drawn) return;
    const isOther = !drawn.startsWith(`[{"lesson":${JSON.stringify(lesson.name)}`) || !this.#drawn.startsWith(drawn.slice(0, 14 + lesson.name.length));
    this.#drawn = drawn;
    this.formula.lesson = lesson;
    write(this.place, `Lesson ${around.place} of ${around.of}`);
    write(this.minutes, `about ${lesson.minutes} min`);
    redraw(this.inner, () => this.inner.replaceChildren(...[
      h("h1", {}, lesson.title), course.isFree ? null : h("p", {}, lesson.text),
      this.#predict(course), this.#look(course, around.seen), this.#why(course), this.#free(course, around.data)].filter((part) => part !== null)));
    redraw(this.foot, () => this.foot.replaceChildren(...this.#buttons(course, around.nextTitle)));
    if (isOther) this.inner.scrollTop = 0;
    else this.inner.querySelector(".step.here")?.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {Course} course
   * @param {import("./course.js").Step} name
   * @param {{isDone: boolean, isOpen: boolean}} is
   * @param {(string | Node | null)[]} children
   */
  #step(course, name, { isDone, isOpen }, ...children) {
    const n = Object.keys(HEADS).indexOf(name) + 1;
    const isHere = course.step === name;
    return h(`section.step${isHere ? ".here" : ""}${isDone ? ".done" : ""}${isOpen ? "" : ".later"}`, { "data-testid": `step-${name}`, ...(isHere ? { "aria-current": "step" } : {}) },
      h("span.step-n", { "aria-hidden": "true" }, isDone ? icon("check") : String(n)), h("div.step-body", {}, h("h2", {}, HEADS[name]), ...children));
  }

  /** @param {Course} course */
  #predict(course) {
    const { lesson, answer, isLocked } = course;
    const keys = answerKeys(lesson.answers);
    const answers = lesson.answers.map((words, k) => {
      const isRight = course.isSeen && k === lesson.right;
      return h(`button.answer${k === answer ? ".chosen" : ""}${isRight ? ".is-right" : ""}`, { "data-testid": `answer-${k}`, "aria-pressed": String(k === answer),
        "aria-disabled": String(!isLocked), title: isLocked ? "" : isRight ? "So it is" : "An answer stays: one does not predict what one has seen",
        onclick: () => this.actions.predict(k) }, isRight ? icon("check") : null, words, isLocked && keys[k] !== words ? key(keys[k]) : null);
    });
    return this.#step(course, "predict", { isDone: !isLocked, isOpen: true },
      h("p", {}, lesson.question), h("div.answers", { role: "group", "aria-label": "Answers" }, ...answers));
  }

  /**
   * @param {Course} course
   * @param {LessonState | null} seen
   */
  #look(course, seen) {
    const { lesson, isLocked, isSeen } = course;
    const words = isLocked ? [h("p", {}, "First say what you expect; nothing moves before.")]
      : !isSeen ? [h("p", {}, "Now move the knob to ", h("b", {}, inWords(lesson.knob, lesson.asked)), ".")]
      : [h("p", { "data-testid": "look" }, ...outcome(course, seen))];
    return this.#step(course, "look", { isDone: isSeen, isOpen: !isLocked }, ...words);
  }

  /** @param {Course} course */
  #why(course) {
    const { lesson, isWhyOpen, isFree } = course;
    if (!isWhyOpen) return this.#step(course, "why", { isDone: false, isOpen: false });
    return this.#step(course, "why", { isDone: isFree, isOpen: true }, h("p", {}, lesson.why));
  }

  /**
   * @param {Course} course
   * @param {OwnImages[]} data
   */
  #free(course, data) {
    const { lesson, isFree } = course;
    if (!isFree) return this.#step(course, "free", { isDone: false, isOpen: false });
    const fit = data.filter((each) => lesson.needs === "images" || each.has_classes);
    const menu = h("select", { "data-testid": "own-data", onchange: () => this.actions.chooseData(menu.value) },
      ...[{ id: "", title: "digits, as they ship" }, ...fit].map(({ id, title }) => h("option", { value: id, selected: id === course.data }, title)));
    const own = lesson.needs === "digits" ? null : fit.length ? h("label.row.own-data", {}, "Images", menu)
      : h("p.s", {}, `It runs on images of your own, too${lesson.needs === "classes" ? ", whose classes are known" : ""}: import some on the Data page.`);
    return this.#step(course, "free", { isDone: false, isOpen: true },
      h("p", {}, `One more knob is yours: ${lesson.free_knob.name}. Say what you expect, then turn it.`), own);
  }

  /**
   * @param {Course} course
   * @param {string} nextTitle of the next lesson; "" at the last
   */
  #buttons(course, nextTitle) {
    const { knob, asked } = course.lesson;
    const words = { skip: "I cannot say", move: `Move to ${inWords(knob, asked)}`, why: "Next", free: "Next", leave: nextTitle ? "Next lesson" : "All lessons" }[course.nextKind];
    return [h("button.btn.big", { "data-testid": "back", title: "Shift and Enter", onclick: () => this.actions.back() }, "Back"),
      h("button.btn.big", { "data-testid": "again", title: "From the question on (N)", onclick: () => this.actions.again() }, "Start again"), h("span.sp"),
      h(`button.btn.big${course.isLocked ? "" : ".p"}`, { "data-testid": "next", title: nextTitle && course.nextKind === "leave" ? nextTitle : "", onclick: () => this.actions.next() }, words, key("↵"))];
  }
}

/**
 * What was said beside what came.
 * @param {Course} course
 * @param {LessonState | null} seen
 */
function outcome({ lesson, answer, isRight }, seen) {
  const [before, after = ""] = lesson.verdict.split("{words}");
  const came = seen ? [before, h("b", { "data-testid": "came" }, after || lesson.verdict.includes("{words}") ? seen.words : ""), after] : [];
  const said = answer === null ? "" : `You said ${lesson.answers[answer]}${isRight ? ", and so it is" : ""}. `;
  return [said, ...came, seen ? ` ${seen.said}` : ""];
}
