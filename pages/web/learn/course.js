/** One person's way through a lesson: what was answered, where the knobs stand, which step comes next. */

/** @typedef {import("./lessons.js").Lesson} Lesson */
/** @typedef {import("./lessons.js").Knob} Knob */
/** @typedef {"predict" | "look" | "why" | "free"} Step */

/** @type {Step[]} */
export const STEPS = ["predict", "look", "why", "free"];
const MOST_SEED = 999_999;
const SKIPPED = "skip"; // in a link, where an answer would stand

export class Course {
  /** @param {Lesson} lesson */
  constructor(lesson) {
    this.lesson = lesson;
    this.value = lesson.knob.start;
    this.free = lesson.free_knob.kept;
  }

  lesson;
  /** @type {number | null} */
  answer = null; // which of the answers
  isSkipped = false; // no answer was wanted
  value; // of the knob
  free; // value of the free knob
  isSeen = false; // the knob has been where the question asks
  isFree = false; // the free knob is let go
  isWhyOpen = false;
  seed = 0;
  data = ""; // id of a set of one's own images
  isRun = false; // what was trained here is shown, not what ships

  /** Whether the knob may be moved: nothing moves before it is said what will come. */
  get isLocked() {
    return this.answer === null && !this.isSkipped;
  }

  /** @returns {Step} */
  get step() {
    if (this.isFree) return "free";
    if (this.isWhyOpen) return "why";
    return this.isLocked ? "predict" : "look";
  }

  get isRight() {
    return this.answer === this.lesson.right;
  }

  /** @param {number} answer which of the answers; it stays: one does not predict what one has seen */
  predict(answer) {
    if (!this.isLocked || !(answer in this.lesson.answers)) return;
    this.answer = answer;
  }

  skip() {
    if (this.isLocked) this.isSkipped = true;
  }

  /** @param {number} value of the knob */
  turn(value) {
    if (this.isLocked || !this.lesson.knob.values.includes(value)) return;
    this.value = value;
    this.isRun = false;
    if (value === this.lesson.asked) this.isSeen = true;
  }

  /** @param {number} value of the free knob */
  turnFree(value) {
    if (!this.isFree || !this.lesson.free_knob.values.includes(value)) return;
    this.free = value;
    this.isRun = false;
  }

  /**
   * A knob one mark further; its own, or the free one.
   * @param {1 | -1} by
   * @param {boolean} isFree
   */
  nudge(by, isFree) {
    const knob = isFree ? this.lesson.free_knob : this.lesson.knob;
    const at = knob.values.indexOf(isFree ? this.free : this.value);
    const value = knob.values[at + by];
    if (value !== undefined) isFree ? this.turnFree(value) : this.turn(value);
  }

  /** What `next` would do, for the button that does it: "skip", "move", "why", "free", or "leave" to the next lesson. */
  get nextKind() {
    if (this.isLocked) return "skip";
    if (!this.isSeen) return "move";
    if (!this.isWhyOpen) return "why";
    return this.isFree ? "leave" : "free";
  }

  /** One step further; false where the lesson is at its end. */
  next() {
    const kind = this.nextKind;
    if (kind === "skip") this.skip();
    else if (kind === "move") this.turn(this.lesson.asked);
    else if (kind === "why") this.isWhyOpen = true;
    else if (kind === "free") this.isFree = true;
    return kind !== "leave";
  }

  /** One step back; false at the beginning. The answer stays. */
  back() {
    if (this.isFree) [this.isFree, this.free] = [false, this.lesson.free_knob.kept];
    else if (this.isWhyOpen) this.isWhyOpen = false;
    else return false;
    return true;
  }

  get canGoBack() {
    return this.isFree || this.isWhyOpen;
  }

  /** @param {number} seed of the next run; what is no whole number changes nothing */
  reseed(seed) {
    if (!isSeed(seed)) return;
    this.seed = seed;
    this.isRun = false;
  }

  /** @param {string} data id of a set of one's own; "" for the digits */
  choose(data) {
    this.data = data;
    this.isRun = false;
  }

  /** Whether what ran here is shown: on images of one's own nothing ships. */
  get showsRun() {
    return this.isRun || this.data !== "";
  }

  toggleRun() {
    if (!this.isLocked) this.isRun = !this.isRun;
  }

  /** "" before it is begun, "begun", or "done": the question was answered or skipped, and what comes was seen. */
  get progress() {
    if (this.isLocked) return "";
    return this.isSeen && this.isWhyOpen ? "done" : "begun";
  }

  /** What a link holds of it, by name; what is as at the beginning is left out. */
  toQuery() {
    /** @type {Record<string, string>} */
    const query = { lesson: this.lesson.name };
    if (this.answer !== null) query.answer = String(this.answer + 1);
    else if (this.isSkipped) query.answer = SKIPPED;
    if (this.isLocked) return query;
    query.knob = String(this.value);
    if (this.step === "why" || this.step === "free") query.step = this.step;
    if (this.isSeen) query.seen = "1";
    if (this.free !== this.lesson.free_knob.kept) query.free = String(this.free);
    if (this.isRun) query.run = "1";
    if (this.seed) query.seed = String(this.seed);
    if (this.data) query.data = this.data;
    return query;
  }

  /**
   * The course as a link has it; what cannot be is left as at the beginning.
   * @param {Lesson} lesson
   * @param {URLSearchParams | Record<string, string>} query
   */
  static fromQuery(lesson, query) {
    const course = new Course(lesson);
    const given = new URLSearchParams(query);
    if (given.get("answer") === SKIPPED) course.skip();
    else course.predict(Number(given.get("answer") ?? 0) - 1);
    if (course.isLocked) return course;
    course.isSeen = given.get("seen") === "1";
    course.turn(numberOf(given, "knob", course.value));
    course.isWhyOpen = ["why", "free"].includes(given.get("step") ?? "");
    course.isFree = given.get("step") === "free";
    if (course.isWhyOpen) course.isSeen = true;
    if (course.isFree) course.turnFree(numberOf(given, "free", NaN));
    course.reseed(numberOf(given, "seed", 0));
    if (lesson.needs !== "digits") course.data = given.get("data") ?? "";
    course.isRun = given.get("run") === "1";
    return course;
  }
}

/** @param {number} seed */
const isSeed = (seed) => Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED;

/** What toQuery may name. */
export const QUERY = ["lesson", "answer", "knob", "step", "seen", "free", "run", "seed", "data"];

/**
 * @param {URLSearchParams} query
 * @param {string} name
 * @param {number} otherwise
 */
function numberOf(query, name, otherwise) {
  const text = query.get(name);
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : otherwise;
}

/**
 * A value of a knob as it is read.
 * @param {Knob} knob
 * @param {number} value
 */
export function labelOf(knob, value) {
  return knob.labels[knob.values.indexOf(value)] ?? String(value);
}

/**
 * The same with the knob's symbol: "β = 16"; a knob without one is its word alone.
 * @param {Knob} knob
 * @param {number} value
 */
export function inWords(knob, value) {
  return knob.symbol ? `${knob.symbol} = ${labelOf(knob, value)}` : labelOf(knob, value);
}

/**
 * The key of each answer: the answer itself where all are different digits, else its place.
 * @param {string[]} answers
 */
export function answerKeys(answers) {
  const areDigits = answers.every((answer) => /^\d$/.test(answer)) && new Set(answers).size === answers.length;
  return areDigits ? answers : answers.map((_, k) => String(k + 1));
}
