/** What the server knows of lessons: the catalogue, what ships, and what trains here. Calls changed() after each change. */

import { HttpError } from "../shared/http.js";

const WHILE_RUNNING = 400; // ms between two looks at a run
const AGAIN_AFTER = 1500; // ms after which what could not be read is asked for again
const LOST = "The server did not answer. It is asked again.";

/** @typedef {import("./lessons.js").Lesson} Lesson */
/** @typedef {import("./lessons.js").LessonState} LessonState */
/** @typedef {{lesson: string, value: number, free: number, seed?: number, data?: string}} Place where knobs stand */

export class Lessons {
  /**
   * @param {import("../shared/http.js").Http} api
   * @param {() => void} changed
   */
  constructor(api, changed) {
    this.api = api;
    this.changed = changed;
  }

  api;
  changed;
  /** @type {import("./lessons.js").LessonsAnswer | null} */
  all = null;
  refusal = ""; // why there are no lessons, in words
  isLost = false;
  error = ""; // what went wrong last, in words
  /** @type {Map<string, LessonState | null>} */
  #states = new Map(); // by address; null while it is read
  /** @type {Set<string>} */
  #missing = new Set(); // addresses at which nothing is
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #isGone = false;
  #isBeginning = false;

  get run() {
    return this.all?.run ?? null;
  }

  get isRunning() {
    return this.#isBeginning || this.run?.state === "running";
  }

  /** @param {string} name of a lesson */
  of(name) {
    return this.all?.lessons.find((lesson) => lesson.name === name) ?? null;
  }

  async start() {
    try {
      this.all = await this.api.get("lessons");
      this.isLost = false;
      if (this.isRunning) this.#follow();
    } catch (error) {
      this.refusal = error instanceof HttpError && error.final ? error.message : "";
      this.isLost = !this.refusal;
      if (this.isLost && !this.#isGone) this.#timer = setTimeout(() => this.start(), 1500);
    }
    if (!this.#isGone) this.changed();
  }

  /**
   * What ships for these knobs; null until it is here, which is then told.
   * @param {Place} place
   */
  shipped(place) {
    return this.#read(addressOf(place, false));
  }

  /**
   * What was trained here with these knobs; null where that was not, or is not here yet.
   * @param {Place} place
   */
  trained(place) {
    return this.#read(addressOf(place, true));
  }

  /**
   * Whether it is known that this was not trained here.
   * @param {Place} place
   */
  isMissing(place) {
    return this.#missing.has(addressOf(place, true));
  }

  /** @param {string} address */
  #read(address) {
    if (!this.#states.has(address) && !this.#missing.has(address)) this.#fetch(address);
    return this.#states.get(address) ?? null;
  }

  /** @param {string} address */
  async #fetch(address) {
    this.#states.set(address, null);
    try {
      const found = await this.api.get(address);
      if (found) this.#states.set(address, found);
      else this.#missing.add(address);
    } catch (error) {
      const isFinal = error instanceof HttpError && error.final;
      if (isFinal) this.#missing.add(address);
      else setTimeout(() => this.#again(address), AGAIN_AFTER);
      this.error = isFinal ? error.message : LOST;
    }
    if (!this.#isGone) this.changed();
  }

  /** @param {string} address what could not be read may be there now */
  #again(address) {
    if (this.#isGone) return;
    this.#states.delete(address);
    if (this.error === LOST) this.error = "";
    this.changed();
  }

  /**
   * Trains a lesson here, from the first step.
   * @param {Place} place
   */
  async begin(place) {
    if (this.isRunning || !this.all) return;
    this.#isBeginning = true;
    this.error = "";
    this.changed();
    const run = await this.#try(() => this.api.post("lessons/runs", place));
    this.#isBeginning = false;
    if (run) this.all.run = run;
    if (run) this.#follow();
    this.changed();
  }

  async cancel() {
    await this.#try(() => this.api.post("lessons/runs/cancel", {}));
  }

  stop() {
    this.#isGone = true;
    clearTimeout(this.#timer);
  }

  #follow() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const run = await this.#try(() => this.api.get("lessons/runs"));
      if (this.#isGone || !this.all) return;
      if (run) this.all.run = run;
      if (run?.state === "done") this.#forget(run);
      if (run?.state === "failed") this.error = run.error;
      if (this.isRunning) this.#follow();
      this.changed();
    }, WHILE_RUNNING);
  }

  /** @param {Place} place what was trained there is read anew */
  #forget(place) {
    this.#states.delete(addressOf(place, true));
    this.#missing.delete(addressOf(place, true));
  }

  /**
   * @template Value
   * @param {() => Promise<Value>} action
   */
  async #try(action) {
    try {
      return await action();
    } catch (error) {
      this.error = error instanceof HttpError && error.isSentence ? error.message : LOST;
      return null;
    }
  }
}

/**
 * Where the server has what ships for these knobs, or what was trained here with them.
 * @param {Place} place
 * @param {boolean} isRun
 */
function addressOf({ lesson, value, free, seed = 0, data = "" }, isRun) {
  const query = new URLSearchParams({ value: String(value), free: String(free) });
  if (isRun) query.set("seed", String(seed));
  if (isRun && data) query.set("data", data);
  return `lessons/${encodeURIComponent(lesson)}/${isRun ? "run" : "state"}?${query}`;
}
