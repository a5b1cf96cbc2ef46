/** The line at the bottom: what the trainer does, what the model on screen has seen, how old it is. */

import { enable, h, icon, isEnabled, key, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { age, count, doing, howFar, signed, wholeAge } from "../shared/format.js";

const OLD = 10; // s: a snapshot older than this while training is worth a warning
const MESSAGE = 6000; // ms that a sentence stays
/** @type {Record<string, [kind: string, word: string]>} */
const STATES = {
  starting: ["", "Starting"], training: ["ok", "Training"], waiting: ["ok hollow", "Waiting for labels"],
  paused: ["hollow", "Paused"], pretraining: ["ok", "Learning from the images"],
  restarting: ["warn", "Trainer restarting"], failed: ["bad", "Not training"],
};
/** @type {Record<string, string>} */
const PREDICTED_BY = { propagation: "label propagation", model: "the model" };
/** @type {Record<string, string>} of a graph, by its name */
const NEIGHBOURS_BY = {
  pixels: "the pixels", m1: "M1", contrastive: "what was learned here", features: "the features that came with them",
  "efficientnet-lite0": "the pretrained encoder",
};
const BOTH = "model and propagation";

/** @typedef {import("../shared/api.js").State} State */
/** @typedef {import("../shared/api.js").Trainer} Trainer */

export class StatusBar {
  /**
   * @param {HTMLElement} line
   * @param {{client: import("./session_client.js").SessionClient, actions: import("./actions.js").Actions,
   *   unsent: import("./unsent_panel.js").UnsentPanel}} shared
   */
  constructor(line, { client, actions, unsent }) {
    this.client = client;
    this.actions = actions;
    this.line = line;
    this.dot = h("i.dot");
    this.word = h("b");
    this.device = h("span");
    this.step = h("span");
    this.rate = h("span");
    this.stepBox = h("span", {}, this.step, this.rate);
    this.seen = h("span");
    this.predictedBy = h("span");
    this.age = h("span", { "data-testid": "snapshot-age" });
    this.message = h("span.message", { "data-testid": "message" });
    this.bound = h("span");
    this.terms = h("span");
    this.pause = h("button.btn.small", { "data-testid": "pause", onclick: () => this.#press() });
    this.scratch = h("button.btn.small.gh", { "data-testid": "scratch",
      onclick: () => isEnabled(this.scratch) && this.#ask(true) }, "Train from scratch");
    this.cancel = h("button.btn.small", { "data-testid": "cancel", onclick: () => client.command("cancel") }, "Cancel");
    this.again = h("button.btn.small", { "data-testid": "start-again", title: "Start the trainer; it goes on from what it saved",
      onclick: () => client.poller.askAnew() }, icon("refresh"), "Start again");
    this.confirm = this.#confirm();
    this.run = h("span", { "data-testid": "run" });
    this.state = h("button.trainer", { "data-testid": "trainer", "aria-haspopup": "dialog",
      title: "How training goes, and when it trains (⇧T)" },
      this.dot, this.word, " ", this.device, icon("expand_less"));
    line.append(this.state, this.run, this.stepBox, this.seen, this.predictedBy, this.age, this.message,
      h("span.sp"), h("span", {}, this.bound, this.terms), unsent.button, this.confirm, this.scratch, this.cancel, this.again, this.pause);
    // The least important first: what gives way when the line is too long.
    this.#optional = [this.rate, this.stepBox, this.terms, this.bound, this.age, this.device,
      this.predictedBy, this.run, this.seen];
    this.#stops = [
      client.on("state", () => this.update()), client.on("saving", () => this.update()),
      client.on("message", (message) => this.#say(message)),
    ];
    this.#timer = setInterval(() => this.update(), 1000);
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(line);
    this.update();
  }

  client;
  actions;
  line;
  dot;
  word;
  device;
  step;
  rate;
  stepBox;
  seen;
  predictedBy;
  age;
  message;
  bound;
  terms;
  pause;
  scratch;
  cancel;
  again;
  question = h("span");
  confirm;
  run;
  state;
  #optional;
  #stops;
  #timer;
  #observer;
  #said = { text: "", kind: "", until: 0 };
  #isAsking = false;

  destroy() {
    for (const stop of this.#stops) stop();
    clearInterval(this.#timer);
    this.#observer.disconnect();
  }

  #confirm() {
    const answer = (/** @type {boolean} */ yes) => () => {
      this.#ask(false);
      if (yes) this.client.command("pretrain");
    };
    return h("span.row.confirm", { "data-testid": "scratch-confirm" }, this.question,
      h("button.btn.small.p", { "data-testid": "scratch-yes", onclick: answer(true) }, "Train"),
      h("button.btn.small", { onclick: answer(false) }, "Keep this one"));
  }

  /** @param {boolean} open */
  #ask(open) {
    this.#isAsking = open;
    this.update();
  }

  #press() {
    if (isEnabled(this.pause)) this.actions.pause();
  }

  /** @param {import("./session_state.js").SessionEvents["message"]} said */
  #say({ text, kind }) {
    this.#said = { text, kind, until: Date.now() + MESSAGE };
    this.update();
  }

  update() {
    const { state } = this.client;
    this.line.classList.toggle("unknown", !state); // then no control in it means anything
    if (state) {
      this.#updateTrainer(state.trainer);
      this.#updateSnapshot(state);
      this.#updateButtons(state);
    }
    this.#updateMessage(state?.trainer);
    this.#fit();
  }

  /** @param {Trainer} trainer */
  #updateTrainer(trainer) {
    const isLost = this.client.connection === "lost";
    const [kind, word] = isLost ? ["warn", "No connection"] : STATES[trainer.state] ?? ["", trainer.state];
    this.dot.className = `dot ${kind}`;
    const isPretraining = trainer.state === "pretraining";
    const [does, how] = isPretraining ? doing(trainer.message) : ["", ""];
    write(this.word, isLost ? word : trainer.state === "waiting" && trainer.waits_for ? `Waiting for ${trainer.waits_for}` : does || word);
    const far = howFar(how, trainer.seconds_left);
    write(this.device, isPretraining && far ? far : trainer.device ? `on ${trainer.device}` : "");
    const isRunning = trainer.state === "training" || trainer.state === "pretraining";
    write(this.run, runInWords(trainer));
    this.step.replaceChildren(...(trainer.step && !this.run.textContent ? ["step ", h("b", {}, count(trainer.step))] : []));
    write(this.rate, isRunning && trainer.rate ? ` · ${count(trainer.rate)} a second` : "");
  }

  /** @param {State} state */
  #updateSnapshot({ snapshot, trainer, session, labels }) {
    const { held } = labels;
    const all = (this.client.labels ? this.client.labelOverlay.labelled : labels.n) - held; // not read yet: as the server says
    this.seen.replaceChildren("the model on screen has seen ",
      h("b", {}, snapshot ? `${count(Math.min(snapshot.n_labels, all))} of ${count(all)}` : "0"), " labels");
    this.seen.title = held ? `${count(held)} more are answers of an audit, which are kept from it` : "";
    const predictedBy = snapshot?.predicted_by === BOTH ? `${session.model_title} and propagation` : PREDICTED_BY[snapshot?.predicted_by ?? ""];
    const near = snapshot?.predicted_by === "propagation" && snapshot.graph !== "" ? NEIGHBOURS_BY[snapshot.graph] ?? "the encoder" : "";
    write(this.predictedBy, near ? `guesses by neighbours by ${near}` : predictedBy ? `guesses by ${predictedBy}` : "");
    this.predictedBy.title = snapshot?.about_graph ? snapshot.about_graph : snapshot?.predicted_by === BOTH
      ? "The model speaks together with label propagation: it agrees with 98% of what that is sure of"
      : "Labels spread from neighbour to neighbour; the model joins when it has learned enough";
    this.#updateAge(snapshot, trainer);
    this.#updateBound(trainer.bound);
  }

  /**
   * @param {State["snapshot"]} snapshot
   * @param {Trainer} trainer
   */
  #updateAge(snapshot, trainer) {
    if (!snapshot) return write(this.age, "");
    const seconds = Date.now() / 1000 + this.client.skew - snapshot.made_at;
    this.age.classList.toggle("warn", trainer.state === "training" && seconds > OLD);
    this.age.replaceChildren("snapshot ", h("b", {}, age(seconds)), " old");
  }

  /** @param {Trainer["bound"]} bound the terms of the bound, by name */
  #updateBound(bound) {
    const terms = Object.entries(bound ?? {}).filter(([, value]) => Number.isFinite(value));
    write(this.terms, terms.length ? ` = ${terms.map(([name, x]) => `${name} ${signed(x)}`).join(" · ")}` : "");
    if (!terms.length) return this.bound.replaceChildren();
    const sum = terms.reduce((total, [, value]) => total + value, 0);
    this.bound.title = "Lower bound of log p(image), in nats, also called ELBO: higher is better";
    this.bound.replaceChildren("bound ", h("b", {}, signed(sum)));
  }

  /** @param {State} state */
  #updateButtons({ trainer: { state }, data }) {
    const isPaused = state === "paused";
    const can = isPaused || state === "training" || state === "waiting";
    const seen = `${isPaused} ${can}`;
    if (this.pause.dataset.seen !== seen) {
      this.pause.dataset.seen = seen;
      redraw(this.pause, () => this.pause.replaceChildren(icon(isPaused ? "play_arrow" : "pause"), isPaused ? "Resume" : "Pause", key("P")));
      enable(this.pause, can, can ? "" : "The trainer is not running now");
    }
    const isScratch = state === "pretraining";
    const canScratch = can && this.client.connection !== "lost";
    show(this.cancel, isScratch);
    const hasFailed = state === "failed";
    show(this.again, hasFailed);
    show(this.pause, !isScratch && !hasFailed && !this.#isAsking);
    show(this.scratch, !isScratch && !hasFailed && !this.#isAsking);
    enable(this.scratch, canScratch, canScratch ? "" : "The trainer is not running now");
    show(this.confirm, this.#isAsking && !isScratch);
    write(this.question, "Trains a new M1 on the images and redraws the map, about "
      + `${minutesFor(data.n)} minutes. Labels stay.`);
  }

  /**
   * What was just said to the person goes before what the trainer says.
   * @param {Trainer | undefined} trainer
   */
  #updateMessage(trainer) {
    const isFresh = Date.now() < this.#said.until;
    const told = trainer?.message ?? "";
    const text = isFresh ? this.#said.text : trainer?.state === "pretraining" ? doing(told)[2] : told;
    write(this.message, text);
    this.message.className = `message ${isFresh ? this.#said.kind : ""}`;
    this.message.title = text;
  }

  /** Hides parts from the least important on until the line fits; a sentence is cut last of all. */
  #fit() {
    this.message.style.flexShrink = "0";
    this.#hideParts();
    this.message.style.flexShrink = "1";
  }

  #hideParts() {
    for (const part of this.#optional) show(part, part.childNodes.length > 0 && part.textContent !== "");
    for (const part of this.#optional) {
      if (this.line.scrollWidth <= this.line.clientWidth) return;
      show(part, false);
    }
  }
}

/**
 * "step 120 of 400, 8 s left" of the present run.
 * @param {Trainer} trainer
 */
function runInWords({ run, state }) {
  if (state !== "training" || !run) return "";
  const seconds = run.seconds_left ?? NaN;
  const left = Number.isFinite(seconds) ? `, ${wholeAge(seconds)} left` : "";
  return `step ${count(run.step)} of ${count(run.of)}${left}`;
}

/**
 * Minutes for a new M1: measured on two cores, about 3 for 60 000 small images.
 * @param {number} n images
 */
function minutesFor(n) {
  return Math.max(1, Math.round((3 * n) / 60000));
}
