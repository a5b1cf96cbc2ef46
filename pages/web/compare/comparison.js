/** The comparison of a session: what the server has of it, read again while it changes, and the wishes about it. */

import { Emitter } from "../shared/emitter.js";
import { HttpError } from "../shared/http.js";

/** @typedef {import("./answers.js").ComparisonAnswer} ComparisonAnswer */
/** @typedef {import("./answers.js").Member} Member */
/** @typedef {import("./answers.js").Wish} Wish */
/** @typedef {{best: Uint8Array, p: Uint8Array}} Opinion what a model takes every example for: class ids, and 0 to 255 */

const WHILE_RUNNING = 1000; // ms between two readings
const AGAIN_AFTER = 2000; // the same, where only labels have changed
const AWAY = "The server did not answer. It is asked again.";

/** @extends {Emitter<{change: undefined, arrays: undefined}>} */
export class Comparison extends Emitter {
  client;
  /** @type {ComparisonAnswer | null} */
  answer = null;
  error = ""; // why the last reading failed
  isAsking = false; // a wish is on its way
  by = ""; // the judge that was asked for; "" for the server's choice
  /** @type {string | null} */
  wanted = null; // whose labels a person wants to compare on, "" for everybody's; null for those that were learned from

  /** @param {import("../session/session_client.js").SessionClient} client */
  constructor(client) {
    super();
    this.client = client;
    this.#stop = client.on("state", () => this.#look());
  }

  #stop;
  #isReading = false;
  #isOver = false;
  #readAt = -Infinity; // ms
  #seen = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Map<string, Uint8Array & {opinion?: Opinion}>} */
  #arrays = new Map(); // by what they are
  /** @type {Set<string>} */
  #loading = new Set();

  destroy() {
    this.#isOver = true;
    this.#stop();
    clearTimeout(this.#timer);
    this.forgetListeners();
  }

  get isRunning() {
    return this.answer?.job?.state === "running";
  }

  get inUse() {
    return this.answer?.members.find((member) => member.in_use);
  }

  /** Whose labels the next training takes. */
  get who() {
    return this.wanted ?? this.answer?.labels.who ?? "";
  }

  /**
   * Wants the labels of somebody else; nothing is trained yet.
   * @param {string | null} who
   */
  want(who) {
    this.wanted = who === this.answer?.labels.who ? null : who;
    this.emit("change");
  }

  /**
   * Judges by something else from now on.
   * @param {string} name of one of the judges
   */
  judgeBy(name) {
    this.by = name;
    this.#seen = "";
    return this.#read();
  }

  /**
   * What is appended to a path so that the same judge is asked.
   * @param {string} sign "?" or "&"
   */
  judge(sign) {
    return this.by ? `${sign}by=${encodeURIComponent(this.by)}` : "";
  }

  /**
   * Sends a wish; false where it is refused, which the person is told.
   * @param {Wish} wish
   */
  async wish(wish) {
    this.isAsking = true;
    this.emit("change");
    try {
      this.#take(await this.client.api.post("compare", wish, { timeout: 60000 }));
      return true;
    } catch (error) {
      this.client.sayTrouble(error);
      return false;
    } finally {
      this.isAsking = false;
      this.emit("change");
      this.#seen = "";
      this.#look();
    }
  }

  /**
   * What a member takes every example for, once it has been read; null until then, or where there is nothing.
   * @param {Member} member
   * @param {number} labels that it had
   * @returns {Opinion | null}
   */
  opinion(member, labels) {
    const here = this.#array("guesses", member, labels);
    if (!here) return null;
    const n = here.length / 2;
    return (here.opinion ??= { best: here.subarray(0, n), p: here.subarray(n) });
  }

  /**
   * Its drawings, rows x classes images one after the other; null as above.
   * @param {Member} member
   * @param {number} labels
   * @returns {Uint8Array | null}
   */
  draws(member, labels) {
    return member.results[labels]?.draws.rows ? this.#array("draws", member, labels) : null;
  }

  /**
   * @param {"guesses" | "draws"} what
   * @param {Member} member
   * @param {number} labels
   */
  #array(what, member, labels) {
    const result = member.results[labels];
    if (!result) return null;
    const name = `${what} ${member.id} ${labels} ${result.steps} ${result.seconds}`;
    const here = this.#arrays.get(name) ?? null;
    if (!here) this.#load(name, `compare/${what}?member=${encodeURIComponent(member.id)}&labels=${labels}`);
    return here;
  }

  /**
   * @param {string} name
   * @param {string} path
   */
  async #load(name, path) {
    if (this.#loading.has(name)) return;
    this.#loading.add(name);
    try {
      const { buffer } = await this.client.api.array(path);
      this.#arrays.set(name, new Uint8Array(buffer));
      if (!this.#isOver) this.emit("arrays");
    } catch {
      // Away, or replaced by newer ones: what is drawn next asks again.
      setTimeout(() => !this.#isOver && this.emit("arrays"), AGAIN_AFTER);
    }
    this.#loading.delete(name);
  }

  #look() {
    clearTimeout(this.#timer);
    const { state } = this.client;
    if (!state || this.#isOver) return;
    const isOld = this.#seen !== this.#now() || this.isRunning || this.error !== "";
    if (!isOld) return;
    const wait = this.error ? AGAIN_AFTER : this.isRunning ? WHILE_RUNNING : this.#seen ? AGAIN_AFTER : 0;
    const left = this.#readAt + wait - Date.now();
    if (left <= 0) this.#read();
    else this.#timer = setTimeout(() => this.#look(), left);
  }

  #now() {
    const { state } = this.client;
    return state ? `${state.labels.seq} ${state.session.model} ${state.classes.length}` : "";
  }

  async #read() {
    if (this.#isReading) return;
    this.#isReading = true;
    const seen = this.#now();
    try {
      this.#take(await this.client.api.get(`compare${this.judge("?")}`));
      this.#seen = seen;
      this.error = "";
    } catch (error) {
      this.error = error instanceof HttpError && error.isSentence ? error.message : AWAY;
      if (!this.#isOver) this.emit("change");
    }
    this.#readAt = Date.now();
    this.#isReading = false;
    this.#look();
  }

  /** @param {ComparisonAnswer} answer */
  #take(answer) {
    const isSame = this.answer?.version === answer.version && this.answer.by === answer.by && !this.error
      && this.answer.labels.newer === answer.labels.newer;
    this.answer = answer;
    this.error = "";
    if (!isSame && !this.#isOver) this.emit("change");
  }
}
