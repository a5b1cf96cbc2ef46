/**
 * The LEARN page in the browser: ten lessons, each a question before one looks, a knob, and what it does.
 *
 * mount(root, {api}) builds it and returns its removal; with another session it stays as it is. Where one is stands in the address: a
 * reload and a shared link open the same lesson, answer and knobs.
 */

import pageCss from "../shared/page.css";
import learnCss from "./learn.css";
import figuresCss from "./figures.css";
import { h, show } from "../shared/dom.js";
import { Http } from "../shared/http.js";
import { store, stored } from "../shared/local_settings.js";
import { mountPage } from "../shared/mount.js";
import { closePopover } from "../shared/popover.js";
import { styled } from "../shared/styles.js";
import { Theme } from "../shared/theme.js";
import { Waiting } from "../shared/waiting.js";
import { ComparePanel } from "./compare_panel.js";
import { Course, QUERY } from "./course.js";
import { KeySheet, listenToKeys } from "./keys.js";
import { KnobPanel } from "./knob_panel.js";
import { Lessons } from "./lessons_client.js";
import { ListPanel } from "./list_panel.js";
import { RunLine, placeOf } from "./run_line.js";
import { TextPanel } from "./text_panel.js";
import { count } from "../shared/format.js";

const PROGRESS = "learn.progress"; // of each lesson, by name
const SIZE = "learn.size";
const WAITING = { title: "Opening the lessons", about: "They lie on this computer.", refused: "The lessons cannot be opened" };

class LearnPage {
  lessons;
  /** @type {Course | null} */
  course = null; // null while one chooses
  parts;
  theme;
  #stops;
  #waiting;
  #unmount;
  #text;
  #knobs;
  #sides;
  #list;
  #line;
  #sheet;
  #isLarge = stored(SIZE, true);

  /**
   * @param {HTMLElement} root
   * @param {{api: string}} data
   */
  constructor(root, { api }) {
    const part = (/** @type {string} */ spec, /** @type {string} */ label, testid = label) => h(`section.${spec}`, { "aria-label": label, "data-testid": testid });
    this.parts = { list: part("lessons-panel", "Lessons", "lessons"), text: part("text-panel", "Lesson", "lesson"), knobs: part("panel.knob-panel", "Knob", "knobs"),
      kept: part("panel.side", "Kept to compare", "kept"), now: part("panel.side.now-side", "Now", "now") };
    const { list, text, knobs, kept, now } = this.parts;
    const line = h("footer.status.learn-status", { "data-testid": "status" });
    this.lessonBox = h("div.lesson-columns", {}, text, h("div.lesson-right", {}, knobs, h("div.sides", {}, kept, now)));
    this.desk = h("div.desk.learn", {}, h("div.learn-body", {}, list, this.lessonBox), line);
    this.desk.addEventListener("mousedown", (event) => event.target instanceof Element && event.target.closest("button") && event.preventDefault());
    this.#unmount = styled(root, this.desk, [pageCss, figuresCss, learnCss]);
    this.theme = new Theme(this.desk);
    this.#waiting = new Waiting(this.desk, WAITING);
    this.lessons = new Lessons(new Http(api), () => this.#changed());
    const turn = (/** @type {number} */ value, /** @type {boolean} */ isFree) => this.#do((course) => (isFree ? course.turnFree(value) : course.turn(value)));
    const steps = { predict: (/** @type {number} */ answer) => this.#do((course) => course.predict(answer)), next: () => this.#next(), back: () => this.#back(), again: () => this.#again() };
    this.#list = new ListPanel(list, { open: (name) => this.#open(name), readNotes: () => location.assign(notesAddress()) });
    this.#text = new TextPanel(text, { ...steps, chooseData: (id) => this.#do((course) => course.choose(id)) });
    this.#knobs = new KnobPanel(knobs, turn);
    this.#sides = new ComparePanel(kept, now, this.theme);
    this.#sheet = new KeySheet(this.desk);
    const runs = { run: () => this.#run(), cancel: () => this.lessons.cancel(), resize: (/** @type {boolean} */ isLarge) => this.#resize(isLarge), keys: () => this.#sheet.open(),
      seed: (/** @type {number} */ seed) => this.#do((course) => course.reseed(seed)), showRun: (/** @type {boolean} */ isRun) => this.#do((course) => void (course.isRun = isRun)) };
    this.#line = new RunLine(line, runs);
    const commands = { ...steps, nudge: (/** @type {1 | -1} */ by, /** @type {boolean} */ isFree) => this.#do((course) => course.nudge(by, isFree)),
      skip: () => this.#do((course) => course.skip()), formula: () => this.course && this.#text.formula.toggle(), run: () => this.#run(), toggleRun: () => this.#do((course) => course.toggleRun()),
      leave: () => this.#leave(), resize: runs.resize, sheet: runs.keys };
    const popped = () => this.#read();
    window.addEventListener("popstate", popped);
    const path = location.pathname;
    const written = (/** @type {Event} */ event) => "navigationType" in event && event.navigationType !== "traverse" && location.pathname === path && this.#mend();
    const { navigation } = /** @type {{navigation?: EventTarget}} */ (/** @type {unknown} */ (window));
    navigation?.addEventListener("currententrychange", written);
    this.#stops = [this.theme.watch(() => this.#changed(true)), listenToKeys(commands, () => (this.course?.isLocked ? this.course.lesson.answers : []), () => this.#sheet.isOpen),
      () => window.removeEventListener("popstate", popped), () => navigation?.removeEventListener("currententrychange", written)];
    window.ssvaeLearn = this; // for the browser tests
    this.#resize(this.#isLarge);
    this.lessons.start();
  }

  lessonBox;
  desk;
  #isRead = false; // the address

  /** @param {(course: Course) => void} change */
  #do(change) {
    if (!this.course) return;
    change(this.course);
    this.lessons.error = "";
    this.#write();
    this.#changed();
  }

  /** The address is read: the lesson that it names, or the list. */
  #read() {
    const query = new URLSearchParams(location.search);
    const lesson = this.lessons.of(query.get("lesson") ?? "");
    this.course = lesson && Course.fromQuery(lesson, query);
    this.#isRead = true;
    this.#changed();
  }

  /** Streamlit writes the address as it knew it, when it runs the page again: what is of the lesson is put back. */
  #mend() {
    if (!this.#isRead) return;
    const query = this.course?.toQuery() ?? {};
    const there = new URLSearchParams(location.search);
    if (QUERY.some((name) => (there.get(name) ?? "") !== (query[name] ?? ""))) this.#write();
  }

  /** @param {boolean} isNew whether the browser's Back comes to where one is now */
  #write(isNew = false) {
    const url = new URL(location.href);
    for (const name of QUERY) url.searchParams.delete(name);
    for (const [name, value] of Object.entries(this.course?.toQuery() ?? {})) url.searchParams.set(name, value);
    if (isNew) history.pushState(history.state, "", url);
    else history.replaceState(history.state, "", url);
    if (this.course?.progress) store(PROGRESS, { ...stored(PROGRESS, {}), [this.course.lesson.name]: this.#progressOf(this.course) });
  }

  /** @param {Course} course what was done once stays so */
  #progressOf(course) {
    /** @type {Record<string, string>} */
    const before = stored(PROGRESS, {});
    return before[course.lesson.name] === "done" ? "done" : course.progress;
  }

  /** @param {string} name of a lesson */
  #open(name) {
    const lesson = this.lessons.of(name);
    if (!lesson) return;
    closePopover();
    this.course = new Course(lesson);
    this.#write(true);
    this.#changed();
  }

  #leave() {
    if (!this.course) return;
    closePopover();
    const { name } = this.course.lesson;
    this.course = null;
    this.#write(true);
    this.#changed();
    /** @type {HTMLElement | null} */ (this.parts.list.querySelector(`[data-testid="lesson-${name}"]`))?.focus();
  }

  #next() {
    const { course } = this;
    if (!course) return;
    if (course.nextKind !== "leave") return this.#do(() => course.next());
    const following = this.#following();
    if (following) this.#open(following.name);
    else this.#leave();
  }

  #back() {
    if (this.course?.canGoBack) this.#do((course) => course.back());
    else this.#leave();
  }

  #again() {
    if (!this.course) return;
    this.course = new Course(this.course.lesson);
    this.#do(() => {});
  }

  #following() {
    const all = this.lessons.all?.lessons ?? [];
    return all[all.findIndex(({ name }) => name === this.course?.lesson.name) + 1] ?? null;
  }

  async #run() {
    const { course } = this;
    if (!course || course.isLocked || this.lessons.isRunning) return;
    await this.lessons.begin(placeOf(course));
  }

  /** @param {boolean} isLarge */
  #resize(isLarge) {
    this.#isLarge = isLarge;
    store(SIZE, isLarge);
    this.desk.classList.toggle("large", isLarge);
    if (this.#isRead) this.#changed();
  }

  #changed(isAgain = false) {
    const { all, refusal, isLost } = this.lessons;
    this.#waiting.tell({ isDone: Boolean(all), refusal, isLost });
    if (!all) return;
    if (!this.#isRead) return this.#read();
    this.#takeRun();
    const { course } = this;
    show(this.parts.list, !course);
    show(this.lessonBox, Boolean(course));
    const none = { kept: null, now: null, ships: null, trained: null };
    if (!course) {
      this.#list.update(all.lessons, stored(PROGRESS, {}));
      return this.#line.update(null, this.lessons, none, this.#isLarge);
    }
    const states = this.#states(course);
    const { kept, now, seen } = states;
    this.#text.update(course, { place: all.lessons.indexOf(course.lesson) + 1, of: all.lessons.length, seen, data: all.data, nextTitle: this.#following()?.title ?? "" });
    this.#knobs.update(course, settingOf(now ?? kept));
    this.#sides.update(course, kept, now, isAgain);
    this.#line.update(course, this.lessons, states, this.#isLarge);
  }

  /**
   * What is shown of a course, and what a hand may reach next is asked for.
   * @param {Course} course
   */
  #states(course) {
    const { lesson, value, free } = course;
    const { knob, free_knob: other } = lesson;
    const at = (/** @type {number} */ v, /** @type {number} */ f) => this.lessons.shipped({ lesson: lesson.name, value: v, free: f });
    const own = course.data ? this.lessons.trained({ ...placeOf(course), value: knob.kept, free: other.kept }) : null;
    const kept = own ?? at(knob.kept, other.kept);
    if (course.isLocked) return { kept, now: null, seen: null, ships: null, trained: null };
    for (const each of knob.values) at(each, free);
    if (course.isFree) for (const each of other.values) at(value, each);
    const [ships, trained] = [at(value, free), this.lessons.trained(placeOf(course))];
    return { kept, ships, trained, now: course.data ? trained : (course.isRun && trained) || ships, seen: at(lesson.asked, other.kept) };
  }

  #seenRun = "";

  /** What ran here is shown once it is done, where the knobs still stand there. */
  #takeRun() {
    const { run } = this.lessons;
    const seen = run ? `${run.state} ${JSON.stringify([run.lesson, run.value, run.free, run.seed, run.data])}` : "";
    const before = this.#seenRun;
    this.#seenRun = seen;
    const { course } = this;
    if (!run || run.state !== "done" || !before.startsWith("running") || !course) return;
    const here = placeOf(course);
    const there = { lesson: run.lesson, value: run.value, free: run.free, seed: run.seed, data: run.data };
    if (JSON.stringify(here) !== JSON.stringify(there)) return;
    course.isRun = true;
    this.#write();
  }

  destroy() {
    this.lessons.stop();
    closePopover();
    this.#waiting.destroy();
    for (const stop of this.#stops) stop();
    if (window.ssvaeLearn === this) delete window.ssvaeLearn;
    this.#unmount();
  }
}

/**
 * What a state was trained on and with: "12 000 images, 2 000 steps, seed 0".
 * @param {import("./lessons.js").LessonState | null} state
 */
function settingOf(state) {
  if (!state) return "";
  return [state.n_images ? `${count(state.n_images)} images` : "", state.steps ? `${count(state.steps)} steps` : "", `seed ${state.seed}`].filter(Boolean).join(", ");
}

/** Of the notes, with the session that is open. */
function notesAddress() {
  const session = new URLSearchParams(location.search).get("session") ?? "";
  return `/learn?session=${encodeURIComponent(session)}&notes=1`;
}

export const mount = mountPage(LearnPage, ({ api }) => api); // of any session
