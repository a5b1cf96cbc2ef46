/** The line at the bottom: what the terms do, a run of the lesson here, and the size for a projector. */

import { enable, h, icon, isEnabled, show, write } from "../shared/dom.js";
import { count, signed, wholeAge } from "../shared/format.js";
import { redraw } from "../shared/redraw.js";

/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./lessons.js").LessonState} LessonState */
/** @typedef {import("./lessons_client.js").Lessons} Lessons */
/**
 * @typedef {object} Actions
 * @property {() => void} run
 * @property {() => void} cancel
 * @property {(isLarge: boolean) => void} resize
 * @property {() => void} keys
 * @property {(seed: number) => void} seed
 * @property {(isRun: boolean) => void} showRun
 */

export class RunLine {
  /**
   * @param {HTMLElement} line
   * @param {Actions} actions
   */
  constructor(line, actions) {
    this.dot = h("i.dot.hollow");
    this.word = h("b");
    this.how = h("span.how", { "data-testid": "run-words" });
    this.terms = h("span.terms", { "data-testid": "terms" });
    this.bar = h("i");
    this.progress = h("div.run-bar", { role: "progressbar", "aria-label": "Running the lesson" }, this.bar);
    this.cancel = h("button.btn.small", { "data-testid": "cancel-run", onclick: () => actions.cancel() }, "Cancel");
    this.other = h("button.btn.small.gh", { "data-testid": "show-run", onclick: () => actions.showRun(this.other.dataset.to === "run") });
    this.seed = h("input.seed", { type: "number", min: 0, max: 999999, step: 1, value: 0, "data-testid": "seed", "aria-label": "Seed",
      onchange: () => actions.seed(Number(this.seed.value)) });
    this.seedBox = h("label.row.seed-box", { title: "Where the random numbers of a run begin" }, "seed", this.seed);
    this.run = h("button.btn.small", { "data-testid": "run-here", onclick: () => isEnabled(this.run) && actions.run() }, icon("play_arrow"), "Run it here");
    this.small = h("button", { "data-testid": "size-a", title: "Smaller (−)", onclick: () => actions.resize(false) }, "A");
    this.large = h("button", { "data-testid": "size-projector", title: "Larger, for a projector (+)", onclick: () => actions.resize(true) }, "A+ projector");
    this.keys = h("button.btn.small.gh", { "data-testid": "keys", title: "All keys (?)", "aria-label": "All keys", onclick: () => actions.keys() }, icon("keyboard"));
    line.append(h("span", {}, this.dot, this.word), this.progress, this.how, this.terms, h("span.sp"), this.cancel, this.other, this.seedBox, this.run, this.keys,
      h("div.seg", { role: "group", "aria-label": "Size" }, this.small, this.large));
  }

  dot;
  word;
  how;
  terms;
  bar;
  progress;
  cancel;
  other;
  seed;
  seedBox;
  run;
  small;
  large;
  keys;

  /**
   * @param {Course | null} course
   * @param {Lessons} lessons
   * @param {{kept: LessonState | null, now: LessonState | null, ships: LessonState | null, trained: LessonState | null}} states
   * @param {boolean} isLarge
   */
  update(course, lessons, { kept, now, ships, trained }, isLarge) {
    for (const [button, is] of /** @type {const} */ ([[this.small, !isLarge], [this.large, isLarge]])) {
      button.classList.toggle("on", is);
      button.setAttribute("aria-pressed", String(is));
    }
    const { run, isRunning, error } = lessons;
    const isHere = Boolean(course && run && run.lesson === course.lesson.name);
    this.#updateRun(course, lessons);
    show(this.progress, isRunning);
    show(this.cancel, isRunning);
    const isComparing = Boolean(course && !isRunning && course.showsRun && trained);
    show(this.terms, Boolean(course && !isRunning && !isComparing && !error && now));
    write(this.terms, now && kept ? termsInWords(kept.terms, now.terms) : "");
    const showsOther = Boolean(course && !course.data && !isRunning && trained);
    show(this.other, showsOther);
    this.other.dataset.to = course?.isRun ? "ships" : "run";
    write(this.other, course?.isRun ? "Show what ships" : "Show what ran here");
    const [dot, word, how] = isRunning ? ["ok", isHere ? "Running here" : `Running "${lessons.of(run?.lesson ?? "")?.title ?? "a lesson"}"`, runInWords(run)]
      : error ? ["bad", "Something is wrong", error]
      : isHere && run?.state === "cancelled" ? ["hollow", "Cancelled", "what ships is shown"]
      : isComparing && course && trained ? ["ok", "Ran here", differenceInWords(course, trained, ships)]
      : course?.showsRun && !trained && lessons.isMissing(placeOf(course)) ? ["hollow", "Not run here yet", course.data ? "on the images you chose" : "this link is of a run; run it here to see it"]
      : ["hollow", course ? "Ready" : "", course ? (now?.steps ? `${count(now.steps)} steps, shipped with the app` : "") : "Choose a lesson."];
    this.dot.className = `dot ${dot}`;
    show(this.dot, Boolean(word));
    write(this.word, word);
    write(this.how, how);
  }

  /**
   * @param {Course | null} course
   * @param {Lessons} lessons
   */
  #updateRun(course, lessons) {
    const can = Boolean(course) && !lessons.isRunning;
    show(this.run, can);
    show(this.seedBox, can);
    if (!course) return;
    const why = course.isLocked ? "First say what you expect" : "";
    enable(this.run, !why, why || `Trains it on this computer, about ${wholeAge(course.lesson.seconds)} where nothing else runs (G)`);
    if (this.seed !== this.seed.getRootNode()) this.seed.value = String(course.seed);
    const { run } = lessons;
    const known = run ? run.share : 0;
    redraw(this.progress, () => {
      this.bar.classList.toggle("unknown", !known);
      this.bar.style.width = known ? `${Math.round(100 * known)}%` : "";
    });
  }
}

/**
 * Where a course's knobs stand, as the server knows it.
 * @param {Course} course
 */
export function placeOf({ lesson, value, free, seed, data }) {
  return { lesson: lesson.name, value, free, seed, data };
}

/**
 * "reconstruction 103.0 → 173.0 · information 14.1 → 1.0 nats": of what is kept, and now.
 * @param {Record<string, number>} kept
 * @param {Record<string, number>} now
 */
export function termsInWords(kept, now) {
  const names = Object.keys(now).filter((name) => Number.isFinite(now[name]));
  const words = names.map((name) => (Number.isFinite(kept[name]) ? `${name} ${signed(kept[name])} → ${signed(now[name])}` : `${name} ${signed(now[name])}`));
  return words.length ? `${words.join(" · ")} nats` : "";
}

/** @param {import("./lessons.js").LessonRun | null} run */
export function runInWords(run) {
  if (!run || run.state !== "running") return "starting";
  return `${run.message}${run.seconds_left === null ? "" : `, ${wholeAge(run.seconds_left)} left`}`;
}

/**
 * How what ran here differs from what ships, by what the lesson says of that.
 * @param {Course} course
 * @param {LessonState} trained
 * @param {LessonState | null} ships
 */
export function differenceInWords(course, trained, ships) {
  if (course.data) return `${trained.words}, on the images you chose`;
  if (!ships) return trained.words;
  const { tolerance } = course.lesson;
  const apart = Math.abs(trained.number - ships.number);
  const same = apart <= tolerance ? `within the ±${tolerance} that a run may differ by` : `more than the ±${tolerance} that a run may differ by`;
  return `${trained.words}; what ships: ${ships.words}, ${apart === 0 ? "the same" : same}`;
}
