// @ts-nocheck (its types are not written yet)
/** The training panel: what the trainer does, how the bound moves, and when it is to train. */

import { enable, h, icon, isEnabled, key, show, write } from "../shared/dom.js";
import { OptionMenus } from "./option_menus.js";
import { count, wholeAge } from "../shared/format.js";
import { Popover } from "../shared/popover.js";
import { RunsPanel } from "./runs_panel.js";
import { Sparkline } from "../shared/sparkline.js";

const KEPT = 240; // points of a line
const MODES = [["always", "Always"], ["labels", "After"], ["quiet", "After"], ["asked", "Only when I say"]];

export class TrainingPanel {
  /** `anchor`: the word in the status line that opens it. */
  constructor(anchor, { client, actions }) {
    Object.assign(this, { client, actions, anchor });
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
      this.fit.element, this.#modes(), this.#buttons());
    anchor.addEventListener("click", () => this.toggle());
    this.#stops = [client.on("state", () => this.update())];
  }

  #stops;
  #points = []; // {step, values: {loss, and the terms of the bound}}
  #lines = new Map(); // name -> Sparkline
  #isEditing = false;

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
    this.labels = this.#number("after-labels", 1, 1000, "labels");
    this.seconds = this.#number("after-seconds", 1, 600, "seconds");
    const words = { labels: [this.labels, " new labels"], quiet: [this.seconds, " seconds of quiet"] };
    this.radios = MODES.map(([mode]) => h("input", { type: "radio", name: "when", value: mode,
      "data-testid": `when-${mode}`, onchange: () => this.#choose(mode) }));
    const rows = MODES.map(([mode, title], k) =>
      h("label.row.mode", {}, this.radios[k], h("span", {}, title), ...(words[mode] ?? [])));
    this.when = h("fieldset.when", {}, h("legend.s", {}, "Train"), ...rows);
    return this.when;
  }

  #number(testid, min, max, word) {
    return h("input.number", { type: "number", min, max, step: "1", "data-testid": testid, "aria-label": word,
      onfocus: () => (this.#isEditing = true), onblur: () => (this.#isEditing = false),
      onchange: () => this.#choose(word === "labels" ? "labels" : "quiet") });
  }

  #choose(mode) {
    const within = (input) => Math.min(Math.max(Math.round(Number(input.value)) || 1, 1), Number(input.max));
    this.client.tellTrainer({ when: { mode, labels: within(this.labels), seconds: within(this.seconds) } });
  }

  // -- what is pressed

  #buttons() {
    const button = (testid, press, ...children) => {
      const element = h("button.btn.small", { "data-testid": testid, onclick: () => isEnabled(element) && press() },
        ...children);
      return element;
    };
    this.now = button("train-now", () => this.client.command("now"), icon("bolt"), "Train now");
    this.stop = button("train-cancel", () => this.client.command("cancel"), icon("close"), "Cancel");
    this.pauseWord = h("span");
    this.pause = button("train-pause", () => this.actions.pause(), this.pauseWord, key("P"));
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

  /** Remembers the numbers of each step that the state tells of. */
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
      if (!this.#lines.has(name)) {
        this.#lines.set(name, new Sparkline(name));
        this.lines.append(this.#lines.get(name).element);
      }
      this.#lines.get(name).draw(this.#points.map(({ values }) => values[name]).filter(Number.isFinite));
    }
    for (const [name, line] of this.#lines) show(line.element, names.includes(name));
    show(this.empty, !names.length);
  }

  #updateWhen(when) {
    show(this.when, Boolean(when));
    if (!when || this.#isEditing) return;
    this.labels.value = when.labels;
    this.seconds.value = when.seconds;
    for (const radio of this.radios) radio.checked = radio.value === when.mode;
  }

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
    enable(this.pause, canPause, canPause ? "" : state === "pretraining" ? "Training from scratch can only be cancelled" : away);
  }
}

const WORDS = {
  starting: "Starting", training: "Running", waiting: "Waiting", paused: "Paused", failed: "Failed",
  pretraining: "Training M1 from scratch", restarting: "Restarting",
};

/** "step 120 of 400 of this run · epoch 2 · 8 s left · 41 a second · on CPU". */
function runInWords({ state, run, step, rate, waitsFor, device, epochs }) {
  const words = [];
  if (run) words.push(`step ${count(run.step)} of ${count(run.of)} of this run`);
  else if (waitsFor) words.push(`waits for ${waitsFor}`);
  else if (step) words.push(`${count(step)} steps so far`);
  if (step) words.push(`epoch ${count(Math.floor(epochs) + 1)}`);
  if (run && Number.isFinite(run.seconds_left) && run.seconds_left !== null) words.push(`${wholeAge(run.seconds_left)} left`);
  if (state === "training" && rate) words.push(`${count(rate)} a second`);
  if (device) words.push(`on ${device}`);
  return words.join(" · ");
}
