/** The time machine: one slider over the labels of the session; map, guesses, drawings and errors at each moment. */

import { h, icon, key, show, write } from "../shared/dom.js";
import { clock, count, many, preciseShare } from "../shared/format.js";
import { HttpError } from "../shared/http.js";
import { ChangeRings } from "./change_rings.js";
import { ConfusionBox } from "./confusion_box.js";
import { CurveBox } from "./curve_box.js";
import { MomentLoader } from "./moment_loader.js";
import { NOW, changedGuesses, drawnStep, stepAt, stepsOf, whatIsMissing } from "./moment_steps.js";
import { PastDrawings } from "./past_drawings.js";

const A_STEP = 700; // ms of the film, at its usual speed
const SPEEDS = [0.5, 1, 2, 4];
const RENEW = 1500; // ms after which new labels and guesses are read
const EMPTY = "No moment is kept yet. Label an image: from then on what is guessed and drawn is kept at every label up to 20, then at every twentieth part more.";

/** @typedef {import("./moment_steps.js").Moment} Moment */
/** @typedef {import("./moment_steps.js").Listing} Listing */

export class TimeView {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   */
  constructor(panel, shared) {
    this.#shared = shared;
    this.#loader = new MomentLoader(shared.client.api);
    this.#slider.addEventListener("input", () => (this.pause(), this.go(Number(this.#slider.value))));
    this.#against.addEventListener("change", () => this.#confuse());
    const box = (/** @type {string} */ name, /** @type {string} */ title) => h(`section.panel.${name}`, { "aria-label": title, "data-testid": name });
    const [drawn, errors, curve] = [box("time-drawn", "What it drew then"), box("time-errors", "What was taken for what"), box("time-curve", "Accuracy by labels")];
    this.#drawings = new PastDrawings(drawn, shared);
    this.#confusion = new ConfusionBox(errors, shared, this.#against);
    this.#curve = new CurveBox(curve, shared);
    this.#body = h("div.time-body", {},
      h("section.panel.time-line", { "aria-label": "Time machine" },
        h("div.h", {}, "Time machine", h("span.sp"), this.#slower, this.#speedWords, this.#faster, this.play),
        h("div.time-numbers", {}, this.#labels, this.#right, this.#changed),
        this.#slider, this.#ends, this.#missing),
      drawn, errors, curve);
    panel.append(this.#body, this.#none);
    const { client } = shared;
    this.#rings = new ChangeRings(shared.map);
    this.#stops = [
      client.on("guesses", () => this.#later()), client.on("labels", () => this.#later()), client.on("map", () => this.#isShown && this.#show()),
      client.on("state", () => this.#confusion.renew()),
    ];
  }

  #shared;
  #loader;
  #drawings;
  #confusion;
  #curve;
  #rings;
  #body;
  #stops;
  #slider = h("input.time-slider", { type: "range", min: 0, max: 0, step: 1, value: 0, "aria-label": "Labels", "data-testid": "time-slider" });
  #labels = h("div.time-number", { "data-testid": "time-labels" });
  #right = h("div.time-number", { "data-testid": "time-right" });
  #changed = h("div.time-number", { "data-testid": "time-changed" });
  #ends = h("div.row.s.time-ends");
  #missing = h("div.s.time-missing", { "data-testid": "time-missing" });
  #none = h("div.panel.cannot", { "data-testid": "time-none" }, h("b", {}, "Nothing to go back to"), h("div.s", {}, EMPTY));
  #against = h("select", { "aria-label": "Compared with", "data-testid": "time-against" });
  #speedWords = h("span.s.time-speed", { "data-testid": "time-speed" }, "1×");
  #slower = h("button.btn.gh.small", { title: "Slower ([)", "data-testid": "time-slower", onclick: () => this.#accelerate(-1) }, icon("fast_rewind"));
  #faster = h("button.btn.gh.small", { title: "Faster (])", "data-testid": "time-faster", onclick: () => this.#accelerate(1) }, icon("fast_forward"));
  play = h("button.btn", { "data-testid": "time-play", "aria-pressed": "false", onclick: () => this.toggle() }, icon("play_arrow"), "Play", key("K"));
  /** @type {Listing | null} */
  listing = null;
  /** @type {Moment[]} */
  steps = [];
  step = 0;
  shownStep = -1; // whose guesses are on the map
  stepTook = 0; // ms from the wish to the map, of the last step
  #speed = 1;
  #isShown = false;
  /** @type {number | undefined} */
  #asked; // labels that a link asks for
  /** @type {number[]} */
  changed = []; // examples whose guess was another a step before
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #playing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  show() {
    this.#isShown = true;
    this.#renew();
  }

  hide() {
    this.#isShown = false;
    this.pause();
    this.changed = [];
    this.#rings.show([]);
    this.shownStep = -1;
    this.#shared.map.showTime(null);
  }

  /** @param {Record<string, any>} state */
  restore(state) {
    if (Number.isFinite(state.labels)) this.#asked = Number(state.labels);
    const speed = SPEEDS.indexOf(Number(state.speed));
    if (speed >= 0) this.#speed = speed;
    this.#accelerate(0);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    /** @type {Record<string, () => unknown>} */
    const commands = {
      k: () => event.repeat || this.toggle(), "[": () => this.#accelerate(-1), "]": () => this.#accelerate(1),
      arrowleft: () => this.#walk(this.step - 1), arrowright: () => this.#walk(this.step + 1),
      home: () => this.#walk(0), end: () => this.#walk(this.steps.length - 1),
    };
    const command = commands[event.key.toLowerCase()];
    if (!command || event.shiftKey || isInTabs(event)) return false;
    command();
    return true;
  }

  get isPlaying() {
    return this.#playing !== undefined;
  }

  toggle() {
    if (this.isPlaying) return this.pause();
    if (this.steps.length < 2) return;
    if (this.step === this.steps.length - 1) this.go(0);
    this.#tick();
  }

  pause() {
    clearTimeout(this.#playing);
    this.#playing = undefined;
    this.#showPlay();
  }

  #tick() {
    this.#playing = setTimeout(async () => {
      if (this.step >= this.steps.length - 1) return this.pause();
      await this.go(this.step + 1);
      if (this.isPlaying) this.#tick();
    }, A_STEP / SPEEDS[this.#speed]);
    this.#showPlay();
  }

  #showPlay() {
    this.play.replaceChildren(icon(this.isPlaying ? "pause" : "play_arrow"), this.isPlaying ? "Pause" : "Play", key("K"));
    this.play.setAttribute("aria-pressed", String(this.isPlaying));
  }

  /** @param {number} by */
  #accelerate(by) {
    this.#speed = Math.min(SPEEDS.length - 1, Math.max(0, this.#speed + by));
    write(this.#speedWords, `${SPEEDS[this.#speed]}×`);
    if (by) this.#tell();
  }

  /** @param {number} step */
  #walk(step) {
    this.pause();
    this.go(step);
  }

  /**
   * Goes to a step; done when the map shows it.
   * @param {number} step
   */
  async go(step) {
    this.step = Math.min(this.steps.length - 1, Math.max(0, step));
    this.#slider.value = String(this.step);
    this.#asked = this.steps[this.step]?.id === NOW ? undefined : this.steps[this.step]?.n_labels;
    this.#tell();
    await this.#show();
  }

  #tell() {
    this.#shared.link.set("time", { labels: this.#asked, speed: SPEEDS[this.#speed] === 1 ? undefined : SPEEDS[this.#speed] });
  }

  /** New labels or guesses have come: reads them soon, while the view is on screen. */
  #later() {
    this.#loader.forgetConfusion();
    if (!this.#isShown || this.#waiting !== undefined) return;
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined;
      if (this.#isShown && !this.isPlaying) this.#renew();
    }, RENEW);
  }

  async #renew() {
    try {
      this.listing = await this.#loader.list();
    } catch (error) {
      return this.#shared.client.sayTrouble(error);
    }
    if (!this.#isShown) return;
    this.steps = stepsOf(this.listing);
    this.step = stepAt(this.steps, this.#asked);
    this.#slider.max = String(Math.max(0, this.steps.length - 1));
    this.#slider.value = String(this.step);
    show(this.#body, this.steps.length > 0);
    show(this.#none, !this.steps.length);
    if (!this.steps.length) return;
    const said = whatIsMissing(this.listing);
    write(this.#missing, said);
    show(this.#missing, said !== "");
    const first = this.steps[0];
    this.#ends.replaceChildren(h("span", {}, many(first.n_labels, "label")), h("span.sp"), h("span", {}, `${many(this.steps.length - 1, "moment")} kept`), h("span.sp"), h("span", {}, "now"));
    this.#confusion.offer(this.listing.against);
    await this.#show();
  }

  /** Brings the map and all around it to the step; what belongs to an older wish is dropped. */
  async #show() {
    const { step, steps } = this;
    const moment = steps[step];
    if (!moment || !this.listing || !this.#isShown) return;
    const began = performance.now();
    const isWanted = () => this.#isShown && this.step === step && this.steps === steps;
    write(this.#labels, count(moment.n_labels));
    this.#labels.dataset.unit = `${moment.n_labels === 1 ? "label" : "labels"}${moment.id === NOW ? ", now" : `, ${clock(moment.at)}`}`;
    try {
      const { map, client } = this.#shared;
      const before = steps[step - 1];
      const [guessed, places, last] = await Promise.all([
        this.#loader.guesses(moment), moment.id === NOW || moment.map === this.listing.now?.map ? client.xy : this.#loader.map(moment),
        before ? this.#loader.guesses(before) : null,
      ]);
      if (!isWanted() || !places) return;
      this.changed = last ? changedGuesses(last.best, guessed.best) : [];
      map.showTime(moment.id === NOW ? null : { guesses: guessed, labels: guessed.labels, xy: places });
      this.shownStep = step;
      this.stepTook = performance.now() - began;
      this.#rings.show(this.changed);
      write(this.#changed, before ? count(this.changed.length) : "–");
      this.#changed.dataset.unit = before ? `guesses changed since ${many(before.n_labels, "label")}` : "the first moment";
      await Promise.all([this.#draw(isWanted), this.#confuse()]);
      for (const next of steps.slice(step + 1, step + 3)) this.#loader.guesses(next).catch(() => null);
    } catch (error) {
      if (isWanted()) this.#trouble(error);
    }
  }

  /** @param {unknown} error */
  #trouble(error) {
    this.#shared.client.say(error instanceof HttpError && error.isSentence ? error.message : "This moment could not be read. Try again.", "bad");
    this.pause();
  }

  /** @param {() => boolean} isWanted */
  async #draw(isWanted) {
    const k = drawnStep(this.steps, this.step);
    const moment = this.steps[k];
    const pixels = moment ? await this.#loader.drawings(moment).catch(() => null) : null;
    if (isWanted()) this.#drawings.show(pixels, moment, this.steps[this.step]);
  }

  async #confuse() {
    const { step } = this;
    const moment = this.steps[step];
    if (!moment || !this.listing) return;
    const found = await this.#loader.confusion(moment, this.#against.value).catch(() => null);
    if (this.step !== step) return;
    this.#confusion.show(found);
    write(this.#right, found?.n ? preciseShare(found.right / found.n) : "–");
    this.#right.dataset.unit = found?.n ? `of ${many(found.n, "guess")}${found.n === 1 ? "" : "es"} right, by ${found.title}`.replace("guesss", "guess") : "no label of today can tell";
    this.#curve.show(this.listing.curve, moment.n_labels, found?.n ? found.right / found.n : null);
  }

  destroy() {
    this.hide();
    clearTimeout(this.#waiting);
    for (const stop of this.#stops) stop();
    this.#rings.destroy();
    this.#curve.destroy();
  }
}

/**
 * Whether the key is for the tabs, which walk by arrows.
 * @param {KeyboardEvent} event
 */
function isInTabs(event) {
  const [target] = event.composedPath();
  return target instanceof Element && target.closest("[role=tablist]") !== null;
}
