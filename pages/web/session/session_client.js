/**
 * One session on a page: what is known of it and what is framed and selected (session_state.js), and the
 * verbs that change them. Talks to the server, touches no DOM.
 *
 * Panels listen with on(name, f); the names are those of SessionEvents.
 */

import { effectOn, isClassChange } from "./class_overlay.js";
import { SessionState } from "./session_state.js";
import { StatePoller } from "./state_poller.js";
import { NONE } from "./label_overlay.js";
import { Outbox } from "./outbox.js";
import { ArrayLoader } from "./array_loader.js";
import { Http, HttpError, newId, sessionHttp } from "../shared/http.js";
import { doneInWords } from "./operation_words.js";

const IMAGES_TIMEOUT = 30000; // ms

/** @typedef {import("../shared/api.js").State} State */
/** @typedef {import("../shared/api.js").Operation} Operation */
/** @typedef {import("../shared/api.js").SayingKind} SayingKind */
/** @typedef {import("../shared/api.js").StepKind} StepKind */

export class SessionClient extends SessionState {
  /** @param {{session: string, api: string}} where the session's id, and the address of the server's API */
  constructor({ session, api }) {
    super();
    this.session = session;
    this.api = sessionHttp(api, session);
    this.#data = new Http(`${api}/data`);
    this.outbox = new Outbox({
      session,
      send: (ops) => this.#send(ops),
      onAnswer: (op, result) => this.#answered(op, result),
      onChange: () => this.emit("saving"),
      sessionName: () => this.state?.session?.name ?? "",
    });
    this.loader = new ArrayLoader(this.api, this.#stop.signal, () => this.emit("loading"));
    this.poller = new StatePoller(this.api, {
      onState: (answer) => this.#connected(answer), onLost: (error) => this.#disconnected(error),
    });
  }

  session; // its id
  api;
  outbox;
  loader;
  poller;
  /** @type {"connecting" | "ok" | "lost" | "refused"} */
  connection = "connecting"; // where it is refused, `refusal` says why
  refusal = "";
  skew = 0; // the server's clock minus ours, seconds
  #data;
  #stop = new AbortController();
  #readAgain = false;
  /** @type {Promise<unknown>} */
  #lastWish = Promise.resolve(); // that the trainer was told
  #savedAt = 0;
  #answeredAt = 0; // of the newest answer, where it says no other time
  /** @type {Map<string, (id: number | null) => void>} */
  #made = new Map(); // op_id of a new class -> what to do with its id

  /**
   * A sentence for the person.
   * @param {string} text
   * @param {"note" | "bad"} kind
   */
  say(text, kind = "note") {
    this.emit("message", { text, kind });
  }

  /**
   * Why a request failed: in the server's words, if it said why.
   * @param {unknown} error
   */
  sayTrouble(error) {
    this.say(error instanceof HttpError && error.isSentence ? error.message : "The server did not answer. Try again.", "bad");
  }

  get pendingCount() {
    return this.outbox.unsent.length;
  }

  get savedAt() {
    return Math.max(this.#savedAt, this.state?.labels.saved_at ?? 0) || null;
  }

  // -- verbs

  /**
   * Labels examples with a class; shown at once, saved as soon as the server can. `mapVersion` where
   * they were chosen by their place on the map: the server refuses them if the map has moved since.
   * @param {Iterable<number>} examples
   * @param {number} cls
   * @param {number | null} [mapVersion]
   */
  label(examples, cls, mapVersion) {
    this.give("label", examples, mapVersion, cls);
  }

  /**
   * The same for any kind: "group" names a whole group, "unsure", "junk", "skip" put aside, "clear" takes back what was said.
   * @param {SayingKind} kind
   * @param {Iterable<number>} examples
   * @param {number | null} [mapVersion]
   * @param {number} [cls] for the kinds "label" and "group"
   */
  give(kind, examples, mapVersion, cls) {
    if (!this.labels) return this.say("The labels are still being read. Try again in a moment.");
    this.#give(kind, Array.from(examples), mapVersion, cls);
  }

  /**
   * @param {SayingKind} kind
   * @param {number[]} examples
   * @param {number | null} [mapVersion]
   * @param {number} [cls]
   */
  #give(kind, examples, mapVersion, cls) {
    const op = { op_id: newId(), kind, examples, class: cls, map_version: mapVersion ?? undefined };
    this.labelOverlay.record(op);
    this.emit("labels", { examples, own: true });
    this.outbox.push(op);
  }

  /**
   * Takes the last change back ("undo") or makes it again ("redo"); returns the examples it touches.
   * @param {StepKind} kind
   */
  step(kind) {
    const op = { op_id: newId(), kind };
    const entry = this.labelOverlay.step(op);
    if (entry) this.emit("labels", { examples: entry.examples, own: kind === "redo" });
    this.outbox.push(op);
    return entry?.examples ?? [];
  }

  /**
   * Changes a class.
   * @template {keyof import("../shared/api.js").ClassFields} Kind
   * @param {Kind} kind
   * @param {import("../shared/api.js").ClassFields[Kind]} fields
   * @param {object} [next] of a new class
   * @param {import("../shared/api.js").FollowUp} [next.then] what gets it, on a page of later too
   * @param {(id: number | null) => void} [next.made] called once it has its id and they have it; null where it is refused
   */
  changeClass(kind, fields, { then, made } = {}) {
    const op = /** @type {import("../shared/api.js").ClassChange} */ ({ op_id: newId(), kind, ...fields, then });
    op.effect = effectOn(this.labels, op, NONE);
    if (made) this.#made.set(op.op_id, made);
    this.labelOverlay.begin(op);
    this.labelOverlay.forget(); // what undo means now, the server says
    this.classOverlay.begin(op);
    this.#tellClasses();
    this.outbox.push(op);
  }

  /**
   * Undoes (redoes) n steps at once.
   * @param {StepKind} kind
   * @param {number} n
   */
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

  /**
   * What undo or redo would do, in words, or null if there is nothing.
   * @param {StepKind} kind
   */
  describe(kind) {
    const list = kind === "undo" ? this.labelOverlay.done : this.labelOverlay.undone;
    if (list.length) return doneInWords(list[list.length - 1], this);
    if (!this.state) return null;
    const isFresh = !this.pendingCount && this.state.labels.seq >= this.labelOverlay.seq;
    if (isFresh) return this.state[kind];
    const some = this.labelOverlay.leaves(kind) || (kind === "undo" && this.labelOverlay.labelled > 0);
    return some ? "the last change" : null;
  }

  /**
   * Pixels of some examples, one after the other; to be called once a state has come.
   * @param {number[]} ids
   */
  images(ids) {
    return this.#data.bytes(`${this.state?.data.fingerprint}/images?ids=${ids.join(",")}`, { timeout: IMAGES_TIMEOUT });
  }

  /** @param {"now" | "pause" | "resume" | "pretrain" | "cancel"} command */
  command(command) {
    return this.tellTrainer({ command });
  }

  /**
   * Fits the model otherwise: some of {model, networks, likelihood, batch}.
   * @param {Partial<Record<"model" | "networks" | "likelihood" | "batch", string | number>>} chosen
   */
  choose(chosen) {
    return this.tellTrainer(chosen, "choices");
  }

  /**
   * One wish after the other. Until this resolves the state may be older than the wish: what shows it then
   * shows what was wished.
   * @param {object} body {command} or {when: {mode, labels, seconds}}
   * @param {string} path
   * @returns {Promise<void>} until a state has come that follows the wish, or it is refused
   */
  tellTrainer(body, path = "trainer") {
    const wish = this.#lastWish.then(() => this.api.post(path, body));
    this.#lastWish = wish.catch(() => {});
    return wish.then(() => this.poller.askAnew(), (error) => this.sayTrouble(error));
  }

  /** Lets go of what was selected by its place on an older map: nobody meant what lies there now. */
  dropStaleSelection() {
    if (this.selectedOn === null || this.selectedOn === this.mapVersion) return;
    this.setSelection([]);
    this.say("The map has moved, so what was selected on the old one is let go. Select again.");
  }

  /** Lets go of all that has no answer; the page shows again what the server has. */
  discardUnsent() {
    for (const op of this.outbox.discard()) {
      this.labelOverlay.reject(op);
      this.classOverlay.reject(op);
      this.#tellMaker(op, null);
    }
    this.#tellClasses();
    if (this.state) this.#readLabels();
  }

  // -- life

  start() {
    for (const op of this.outbox.adopt()) {
      this.labelOverlay.begin(op);
      if (isClassChange(op)) this.classOverlay.begin(op);
    }
    this.outbox.pump();
    this.poller.run(this.#stop.signal);
  }

  stop() {
    this.#stop.abort();
    this.outbox.stop();
    this.forgetListeners();
  }

  /** @param {boolean} hidden whether nobody sees the page */
  setHidden(hidden) {
    this.poller.setHidden(hidden);
  }

  /** Reads an array again after an error. */
  retry() {
    if (this.state) this.#refresh(this.state);
  }

  /** @param {import("./state_poller.js").StateAnswer} answer */
  #connected({ body, skew }) {
    const was = this.connection;
    this.connection = "ok";
    if (was !== "ok") this.outbox.retry();
    this.skew = Math.abs(skew) > 2 ? skew : 0; // the header counts whole seconds: less is noise
    if (this.state && body.person !== this.state.person) this.labelOverlay.forget();
    this.takeState(body);
    if (was !== "ok") this.emit("saving");
    this.#refresh(body);
  }

  /** @param {unknown} error */
  #disconnected(error) {
    const isRefused = error instanceof HttpError && (error.final || error.needsLogin);
    this.connection = isRefused ? "refused" : "lost";
    this.refusal = isRefused ? error.message : "";
    this.emit("saving");
  }

  /**
   * Reads again what the state says has changed.
   * @param {State} state
   */
  #refresh({ map, snapshot }) {
    if (String(map.version) !== String(this.mapVersion)) this.loader.read("map", (a) => this.takeMap(a));
    if (snapshot && String(snapshot.rev) !== String(this.guesses?.rev ?? ""))
      this.loader.read("guesses", (a) => this.takeGuesses(a), () => this.takeGuesses(null));
    if (!snapshot && this.guesses) this.takeGuesses(null);
    if (!this.labels || this.#isBehind()) this.#readLabels();
  }

  /** A reading that began before the latest answer may miss it: then it is made once more. */
  async #readLabels() {
    if (this.loader.isReading("labels")) return void (this.#readAgain = true);
    this.#readAgain = false;
    await this.loader.read("labels", ({ buffer, version }) => {
      this.labelOverlay.load(new Uint8Array(buffer), Number(version ?? this.state?.labels.seq));
      this.emit("labels", { examples: null, own: false });
    });
    if (this.#readAgain) this.#readLabels();
  }

  // While operations are under way their answer tells the number; asking now would only race it.
  #isBehind() {
    return this.state !== null && this.state.labels.seq > this.labelOverlay.seq && !this.pendingCount;
  }

  /**
   * @param {Operation[]} ops
   * @returns {Promise<unknown>}
   */
  async #send(ops) {
    const answer = await this.api.post("events", { ops });
    this.#answeredAt = answer?.saved_at ?? Date.now() / 1000 + this.skew;
    return answer;
  }

  /**
   * @param {Operation} op
   * @param {import("../shared/api.js").OperationResult} result
   */
  #answered(op, result) {
    if (result.error !== undefined) {
      this.labelOverlay.reject(op);
      this.classOverlay.reject(op);
      this.#tellClasses();
      this.#readLabels();
      this.#tellMaker(op, null);
      return this.say(result.error, "bad");
    }
    this.#savedAt = this.#answeredAt;
    const isKnown = this.labelOverlay.acknowledge(op, result.seq);
    this.classOverlay.acknowledge(op, result);
    this.lookAgain();
    if (result.class !== undefined) this.#follow(op, result.class);
    this.emit("labels", { examples: op.examples ?? [], own: false });
    if (!isKnown || this.#isBehind() || op.kind === "group") this.#readLabels(); // of a group, not all may have it
  }

  /**
   * Does what a new class was made for.
   * @param {Operation} op
   * @param {number} id
   */
  #follow(op, id) {
    if (op.then) this.#give("label", op.then.examples, op.then.map_version, id);
    this.#tellMaker(op, id);
  }

  /**
   * @param {Operation} op
   * @param {number | null} id
   */
  #tellMaker(op, id) {
    this.#made.get(op.op_id)?.(id);
    this.#made.delete(op.op_id);
  }
}
