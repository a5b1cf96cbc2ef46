/** The training panel: what the trainer does, how the bound moves, and when it is to train. */

import { enable, h, icon, isEnabled, key, show, write } from "../shared/dom.js";
import { OptionMenus } from "./option_menus.js";
import { count, wholeAge } from "../shared/format.js";
import { Popover } from "../shared/popover.js";
import { RunsPanel } from "./runs_panel.js";
import { Sparkline } from "../shared/sparkline.js";

/** @typedef {import("../shared/api.js").Trainer} Trainer */
/** @typedef {"always" | "labels" | "quiet" | "asked"} Mode when it trains */

const KEPT = 240; // points of a line
/** @type {[Mode, string][]} */
const MODES = [["always", "Always"], ["labels", "After"], ["quiet", "After"], ["asked", "Only when I say"]];

export class TrainingPanel {
  /**
   * @param {HTMLElement} anchor the word in the status line that opens it
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("../session/actions.js").Actions} parts.actions
   */
  constructor(anchor, { client, actions }) {
    this.client = client;
    this.actions = actions;
    this.anchor = anchor;
    this.word = h("span.s", { "data-testid": "training-word" });
    this.run = h("div.s", { "data-testid": "training-run" });
    this.bar = h("i");
    this.progress = h("div.progress", { role: "progressbar", "aria-label": "This run" }, this.bar);
    this.message = h("div.s.warn", { "data-testid": "training-message" });
    this.lines = h("div.lines", { "data-testid": "training-lines" });
    this.empty = h("div.s", {}, "The numbers begin with the first steps.");
    this.fit = new OptionMenus(client);
    this.runs = new RunsPanel(anchor, client);
    this.popover = new Popover("training", { label: "Training", testid: "training", holdsKeys: false },
      h("div.h", {}, "Training", this.word, h("span.sp"),
        h("button.btn.small", { "data-testid": "runs-open", onclick: () => this.runs.open() }, "All runs")), this.run, this.progress, this.message,
      this.lines, this.empty,
      this.fit.element, this.when, this.#buttons());
    anchor.addEventListener("click", () => this.toggle());
    this.#stops = [client.on("state", () => this.update())];
  }

  client;
  actions;
  anchor;
  word;
  run;
  bar;
  progress;
  message;
  lines;
  empty;
  fit;
  runs;
  popover;
  labels = this.#number("after-labels", 1, 1000, "labels");
  seconds = this.#number("after-seconds", 1, 600, "seconds");
  radios = MODES.map(([mode]) => h("input", { type: "radio", name: "when", value: mode,
    "data-testid": `when-${mode}`, onchange: () => this.#choose(mode) }));
  when = this.#modes();
  now = this.#button("train-now", () => this.client.command("now"), icon("bolt"), "Train now");
  stop = this.#button("train-cancel", () => this.client.command("cancel"), icon("close"), "Cancel");
  pauseWord = h("span");
  pause = this.#button("train-pause", () => this.actions.pause(), this.pauseWord, key("P"));
  #stops;
  /** @type {{step: number, values: Record<string, number>}[]} */
  #points = []; // values: the loss, and the terms of the bound
  /** @type {Map<string, Sparkline>} */
  #lines = new Map(); // by name
  #isEditing = false;
  /** @type {Trainer["when"] | null} */
  #wished = null; // when it is to train, while the state does not say so yet

  destroy() {
    for (const stop of this.#stops) stop();
    this.popover.close();
    this.runs.destroy();
  }

  toggle() {
    if (!this.client.state) return;
    this.#isEditing = false;
    this.popover.toggle(this.anchor, { above: true });
    this.update();
  }

  // -- when it trains

  #modes() {
    /** @type {Partial<Record<Mode, (string | Node)[]>>} */
    const words = { labels: [this.labels, " new labels"], quiet: [this.seconds, " seconds of quiet"] };
    const rows = MODES.map(([mode, title], k) =>
      h("label.row.mode", {}, this.radios[k], h("span", {}, title), ...(words[mode] ?? [])));
    return h("fieldset.when", {}, h("legend.s", {}, "Train"), ...rows);
  }

  /**
   * @param {string} testid
   * @param {number} min
   * @param {number} max
   * @param {"labels" | "seconds"} word
   */
  #number(testid, min, max, word) {
    return h("input.number", { type: "number", min, max, step: "1", "data-testid": testid, "aria-label": word,
      onfocus: () => (this.#isEditing = true), onblur: () => (this.#isEditing = false),
      onchange: () => this.#choose(word === "labels" ? "labels" : "quiet") });
  }

  /** @param {Mode} mode */
  async #choose(mode) {
    const within = (/** @type {HTMLInputElement} */ input) => Math.min(Math.max(Math.round(Number(input.value)) || 1, 1), Number(input.max));
    const when = { mode, labels: within(this.labels), seconds: within(this.seconds) };
    this.#wished = when;
    await this.client.tellTrainer({ when });
    if (this.#wished === when) this.#wished = null;
    this.update(); // if it was refused, what holds is said again
  }

  // -- what is pressed

  /**
   * @param {string} testid
   * @param {() => void} press
   * @param {(string | Node)[]} children
   */
  #button(testid, press, ...children) {
    const element = h("button.btn.small", { "data-testid": testid, onclick: () => isEnabled(element) && press() },
      ...children);
    return element;
  }

  #buttons() {
    return h("div.row.buttons", {}, this.now, this.stop, h("span.sp"), this.pause);
  }

  // -- what is seen

  update() {
    const { state } = this.client;
    if (!state) return;
    this.#keep(state.trainer);
    if (!this.popover.isOpen) return;
    this.#updateWords(state.trainer);
    this.#updateLines();
    this.fit.update();
    this.#updateWhen(state.trainer.when);
    this.#updateButtons(state.trainer);
  }

  /**
   * Remembers the numbers of each step that the state tells of.
   * @param {Trainer} trainer
   */
  #keep({ step, bound, run }) {
    const terms = Object.entries(bound ?? {}).filter(([, value]) => Number.isFinite(value));
    const sum = terms.reduce((total, [, value]) => total + value, 0);
    const loss = run?.loss ?? (terms.length ? -sum : null);
    const last = this.#points.at(-1);
    if (!step || loss === null || last?.step === step) return;
    if (last && step < last.step) this.#points = []; // the model before a label that was undone, or a new one
    this.#points.push({ step, values: { loss, ...Object.fromEntries(terms) } });
    if (this.#points.length > KEPT) this.#points.shift();
  }

  /** @param {Trainer} trainer */
  #updateWords({ state, message, run, step, rate, waits_for: waitsFor, device, epochs }) {
    write(this.word, WORDS[state] ?? state);
    write(this.run, runInWords({ state, run, step, rate, waitsFor, device, epochs }));
    show(this.progress, Boolean(run));
    if (run) this.bar.style.width = `${(100 * run.step) / Math.max(1, run.of)}%`;
    write(this.message, message ?? "");
    show(this.message, Boolean(message));
  }

  /** The loss, and each term of the bound that it is made of. */
  #updateLines() {
    const names = Object.keys(this.#points.at(-1)?.values ?? {});
    for (const name of names) {
      const line = this.#lines.get(name) ?? this.#addLine(name);
      line.draw(this.#points.map(({ values }) => values[name]).filter(Number.isFinite));
    }
    for (const [name, line] of this.#lines) show(line.element, names.includes(name));
    show(this.empty, !names.length);
  }

  /** @param {string} name */
  #addLine(name) {
    const line = new Sparkline(name);
    this.#lines.set(name, line);
    this.lines.append(line.element);
    return line;
  }

  /** @param {Trainer["when"]} held as the state says */
  #updateWhen(held) {
    const when = this.#wished ?? held;
    show(this.when, Boolean(when));
    if (!when || this.#isEditing) return;
    this.labels.value = String(when.labels);
    this.seconds.value = String(when.seconds);
    for (const radio of this.radios) radio.checked = radio.value === when.mode;
  }

  /** @param {Trainer} trainer */
  #updateButtons({ state }) {
    const runs = state === "training" || state === "pretraining";
    const isAway = !["training", "waiting", "paused", "pretraining"].includes(state);
    const away = "The trainer is not running now";
    enable(this.now, !isAway && !runs, isAway ? away : runs ? "It is training already"
      : "One run over the labels there are, whatever is chosen above");
    enable(this.stop, runs, runs ? "Stops this run within a second; the last good model stays"
      : "No run to cancel");
    const isPaused = state === "paused";
    write(this.pauseWord, isPaused ? "Resume" : "Pause");
    const canPause = isPaused || state === "training" || state === "waiting";
    enable(this.pause, canPause, canPause ? "" : state === "pretraining" ? "What is learned of the images can only be cancelled" : away);
  }
}

/** @type {Record<string, string>} by the trainer's state */
const WORDS = {
  starting: "Starting", training: "Running", waiting: "Waiting", paused: "Paused", failed: "Failed",
  pretraining: "Learning from the images", restarting: "Restarting",
};

/**
 * "step 120 of 400 of this run · epoch 2 · 8 s left · 41 a second · on CPU".
 * @param {Pick<Trainer, "state" | "run" | "step" | "rate" | "device" | "epochs"> & {waitsFor: string}} trainer
 */
export function runInWords({ state, run, step, rate, waitsFor, device, epochs }) {
  const words = [];
  if (run) words.push(`step ${count(run.step)} of ${count(run.of)} of this run`);
  else if (waitsFor) words.push(`waits for ${waitsFor}`);
  else if (step) words.push(`${count(step)} steps so far`);
  if (step) words.push(`epoch ${count(Math.floor(epochs) + 1)}`);
  if (run && run.seconds_left !== null && Number.isFinite(run.seconds_left)) words.push(`${wholeAge(run.seconds_left)} left`);
  if (state === "training" && rate) words.push(`${count(rate)} a second`);
  if (device) words.push(`on ${device}`);
  return words.join(" · ");
}
