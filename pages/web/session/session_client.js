// @ts-nocheck (its types are not written yet)
/**
 * One session on a page: what is known of it (session_state.js), what is framed and selected, and the verbs
 * that change them. Talks to the server, touches no DOM.
 *
 * Panels listen with on(name, f). Names: state, labels, map, guesses, focus, hover, selection,
 * solo, asked, saving, message.
 */

import { effectOn } from "./class_overlay.js";
import { SessionState } from "./session_state.js";
import { StatePoller } from "./state_poller.js";
import { Predictions } from "./predictions.js";
import { NONE } from "./label_overlay.js";
import { Outbox } from "./outbox.js";
import { ArrayLoader } from "./array_loader.js";
import { Http, newId, sessionHttp } from "../shared/http.js";
import { doneInWords } from "./operation_words.js";

const IMAGES_TIMEOUT = 30000; // ms

export class SessionClient extends SessionState {
  constructor({ session, api }) {
    super();
    this.session = session;
    this.api = sessionHttp(api, session);
    this.#data = new Http(`${api}/data`);
    this.connection = "connecting"; // or "ok", "lost", "refused" (then `refusal` says why)
    this.refusal = "";
    this.skew = 0; // the server's clock minus ours, seconds
    this.focus = null; // the example that a class key labels
    this.hover = null;
    this.selection = new Set();
    this.selectedOn = null; // the version of the map, if the selection was made by places on it
    this.solo = null; // the class whose points alone are shown in full
    this.asked = []; // examples on the queue's page
    this.outbox = new Outbox({
      session,
      send: (ops) => this.#send(ops),
      onAnswer: (op, result) => this.#answered(op, result),
      onChange: () => this.emit("saving"),
    });
    this.loader = new ArrayLoader(this.api, this.#stop.signal, () => this.emit("loading"));
    this.poller = new StatePoller(this.api, {
      onState: (answer) => this.#connected(answer), onLost: (error) => this.#disconnected(error),
    });
  }

  #data;
  #stop = new AbortController();
  #readAgain = false;
  #savedAt = 0;
  #made = new Map(); // op_id of a new class -> what to do with its id

  /** A sentence for the person; kind is "note" or "bad". */
  say(text, kind = "note") {
    this.emit("message", { text, kind });
  }

  /** Why a request failed: in the server's words, if it said why. */
  sayTrouble(error) {
    this.say(error.isSentence ? error.message : "The server did not answer. Try again.", "bad");
  }

  get pendingCount() {
    return this.outbox.ops.length;
  }

  get savedAt() {
    return Math.max(this.#savedAt, this.state?.labels.saved_at ?? 0) || null;
  }

  // -- verbs

  /**
   * Labels examples with a class; shown at once, saved as soon as the server can. `mapVersion` where
   * they were chosen by their place on the map: the server refuses them if the map has moved since.
   */
  label(examples, cls, mapVersion) {
    this.give("label", examples, mapVersion, cls);
  }

  /** The same for any kind: "unsure", "junk", "skip" put aside, "clear" takes back what was said. */
  give(kind, examples, mapVersion, cls) {
    if (!this.labels) return this.say("The labels are still being read. Try again in a moment.");
    const list = Array.from(examples);
    const op = { op_id: newId(), kind, examples: list, class: cls, map_version: mapVersion ?? undefined };
    this.labelOverlay.record(op);
    this.emit("labels", { examples: list, own: true });
    this.outbox.push(op);
  }

  /** Takes the last change back ("undo") or makes it again ("redo"); returns the examples it touches. */
  step(kind) {
    const op = { op_id: newId(), kind };
    const entry = this.labelOverlay.step(op);
    if (entry) this.emit("labels", { examples: entry.examples, own: kind === "redo" });
    this.outbox.push(op);
    return entry?.examples ?? [];
  }

  /**
   * Changes a class (kinds class-add, class-rename, class-colour, class-merge, class-delete,
   * class-order); `made(id)` is called once a new class has its id.
   */
  changeClass(kind, fields, made) {
    const op = { op_id: newId(), kind, ...fields };
    op.effect = effectOn(this.labels, op, NONE);
    if (made) this.#made.set(op.op_id, made);
    this.labelOverlay.begin(op);
    this.labelOverlay.forget(); // what undo means now, the server says
    this.classOverlay.begin(op);
    this.#tellClasses();
    this.outbox.push(op);
  }

  /** Undoes (redoes) n steps at once. */
  jump(kind, n) {
    const ops = Array.from({ length: n }, () => ({ op_id: newId(), kind }));
    for (const op of ops) {
      const entry = this.labelOverlay.step(op);
      if (entry) this.emit("labels", { examples: entry.examples, own: false });
    }
    this.outbox.push(...ops);
  }

  /** Another person uses this page now: undo and redo are theirs. */
  changePerson() {
    this.labelOverlay.forget();
    this.poller.askAnew();
  }

  #tellClasses() {
    this.lookAgain();
    this.emit("labels", { examples: null, own: false });
    if (this.state) this.emit("state");
  }

  /** What undo or redo would do, in words, or null if there is nothing. */
  describe(kind) {
    const list = kind === "undo" ? this.labelOverlay.done : this.labelOverlay.undone;
    if (list.length) return doneInWords(list[list.length - 1], this);
    if (!this.state) return null;
    const isFresh = !this.pendingCount && this.state.labels.seq >= this.labelOverlay.seq;
    if (isFresh) return this.state[kind];
    const some = this.labelOverlay.leaves(kind) || (kind === "undo" && this.labelOverlay.labelled > 0);
    return some ? "the last change" : null;
  }

  /** Pixels of some examples, one after the other. */
  images(ids) {
    return this.#data.bytes(`${this.state.data.fingerprint}/images?ids=${ids.join(",")}`, { timeout: IMAGES_TIMEOUT });
  }

  command(command) {
    return this.tellTrainer({ command });
  }

  /** Fits the model otherwise: some of {model, networks, likelihood, batch}. */
  choose(chosen) {
    return this.tellTrainer(chosen, "choices");
  }

  /** {command} or {when: {mode, labels, seconds}}. */
  async tellTrainer(body, path = "trainer") {
    try {
      await this.api.post(path, body);
    } catch (error) {
      this.sayTrouble(error);
    }
  }

  setFocus(example) {
    if (this.focus === example) return;
    this.focus = example;
    this.emit("focus");
  }

  setHover(example) {
    if (this.hover === example) return;
    this.hover = example;
    this.emit("hover");
  }

  /** `mapVersion`: of the map on which they were chosen, if it was by their place there. */
  setSelection(examples, mapVersion = null) {
    this.selection = examples instanceof Set ? examples : new Set(examples);
    this.selectedOn = this.selection.size ? mapVersion : null;
    this.emit("selection");
  }

  /** Lets go of what was selected by its place on an older map: nobody meant what lies there now. */
  dropStaleSelection() {
    if (this.selectedOn === null || this.selectedOn === this.mapVersion) return;
    this.setSelection([]);
    this.say("The map has moved, so what was selected on the old one is let go. Select again.");
  }

  setSolo(cls) {
    if (this.solo === cls) return;
    this.solo = cls;
    this.emit("solo");
  }

  setAsked(examples) {
    this.asked = examples;
    this.emit("asked");
  }

  // -- life

  start() {
    for (const op of this.outbox.adopt()) {
      this.labelOverlay.begin(op);
      if (op.kind.startsWith("class-")) this.classOverlay.begin(op);
    }
    this.outbox.pump();
    this.poller.run(this.#stop.signal);
  }

  stop() {
    this.#stop.abort();
    this.outbox.stop();
    this.forgetListeners();
  }

  setHidden(hidden) {
    this.poller.setHidden(hidden);
  }

  /** Reads an array again after an error. */
  retry() {
    if (this.state) this.#refresh();
  }

  #connected({ body, skew }) {
    const was = this.connection;
    this.connection = "ok";
    this.skew = Math.abs(skew) > 2 ? skew : 0; // the header counts whole seconds: less is noise
    if (this.state && body.person !== this.state.person) this.labelOverlay.forget();
    this.state = body;
    this.classOverlay.settle(body.labels.seq);
    this.lookAgain();
    this.emit("state");
    if (was !== "ok") this.emit("saving");
    this.#refresh();
  }

  #disconnected(error) {
    this.connection = error.final || error.needsLogin ? "refused" : "lost";
    this.refusal = this.connection === "refused" ? error.message : "";
    this.emit("saving");
  }

  /** Reads again what the state says has changed. */
  #refresh() {
    const { map, snapshot } = this.state;
    if (String(map.version) !== String(this.mapVersion)) this.loader.read("map", (a) => this.#takeMap(a));
    if (snapshot && String(snapshot.rev) !== String(this.guesses?.rev ?? ""))
      this.loader.read("guesses", (a) => this.#takeGuesses(a));
    if (!snapshot && this.guesses) this.#takeGuesses(null);
    if (!this.labels || this.#isBehind()) this.#readLabels();
  }

  /** A reading that began before the latest answer may miss it: then it is made once more. */
  async #readLabels() {
    if (this.loader.isReading("labels")) return void (this.#readAgain = true);
    this.#readAgain = false;
    await this.loader.read("labels", ({ buffer, version }) => {
      this.labelOverlay.load(new Uint8Array(buffer), Number(version ?? this.state.labels.seq));
      this.emit("labels", { examples: null, own: false });
    });
    if (this.#readAgain) this.#readLabels();
  }

  // While operations are under way their answer tells the number; asking now would only race it.
  #isBehind() {
    return this.state.labels.seq > this.labelOverlay.seq && !this.pendingCount;
  }

  #takeMap({ buffer, version }) {
    this.xy = new Float32Array(buffer);
    this.mapVersion = Number(version ?? this.state.map.version);
    this.emit("map");
  }

  #takeGuesses(answer) {
    this.guesses = answer && new Predictions(answer.buffer, answer.version ?? this.state.snapshot.rev);
    this.emit("guesses");
  }

  async #send(ops) {
    const answer = await this.api.post("events", { ops });
    this.#savedAt = answer.saved_at ?? Date.now() / 1000 + this.skew;
    return answer;
  }

  #answered(op, result) {
    if (result.error) {
      this.labelOverlay.reject(op);
      this.classOverlay.reject(op);
      this.#tellClasses();
      this.#readLabels();
      return this.say(result.error, "bad");
    }
    const isKnown = this.labelOverlay.acknowledge(op, result.seq);
    this.classOverlay.acknowledge(op, result);
    this.lookAgain();
    this.#made.get(op.op_id)?.(result.class);
    this.#made.delete(op.op_id);
    this.emit("labels", { examples: op.examples ?? [], own: false });
    if (!isKnown || this.#isBehind()) this.#readLabels();
  }
}
