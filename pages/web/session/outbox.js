/**
 * Operations on their way to the server: in order, one request at a time with everything pending in
 * it, resent with the same op_ids until answered, and kept in localStorage until then. So neither a
 * key typed in haste nor a reload nor a server that is away loses a label.
 */

import { Backoff } from "../shared/backoff.js";
import { HttpError, newId } from "../shared/http.js";

const LATE = 2000; // ms until a person should know that it is not saved yet

/** @typedef {import("../shared/api.js").Operation} Operation */
/** @typedef {import("../shared/api.js").OperationResult} OperationResult */
/** @typedef {Operation & {since: number}} Waiting since: ms since 1970, when it was given to the outbox */

export class Outbox {
  /**
   * @param {object} options
   * @param {string} options.session
   * @param {(ops: Operation[]) => Promise<{results?: OperationResult[]}>} options.send gives the server's answer
   * @param {(op: Operation, result: OperationResult) => void} options.onAnswer called once per operation, in order
   * @param {() => void} options.onChange called whenever something was added, answered or has failed to go out
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem">} [options.storage]
   * @param {Backoff} [options.backoff]
   */
  constructor({ session, send, onAnswer, onChange, storage = window.localStorage, backoff = new Backoff() }) {
    this.#send = send;
    this.#onAnswer = onAnswer;
    this.#onChange = onChange;
    this.#storage = storage;
    this.#backoff = backoff;
    this.#prefix = `ssvae.outbox.${session}.`;
    this.#key = this.#prefix + newId();
  }

  /** @type {Waiting[]} */
  ops = []; // in order
  trouble = ""; // the server's sentence while it cannot save ("The disk is full: ...")
  #send;
  #onAnswer;
  #onChange;
  #storage;
  #backoff;
  #prefix;
  #key;
  #running = false;
  #stopped = false;
  #limit = Infinity;

  /**
   * Takes over what an earlier page of this session left unsent; resending is harmless.
   * @returns {Operation[]}
   */
  adopt() {
    const found = [];
    for (const name of this.#storedKeys()) {
      found.push(...this.#read(name));
      this.#remove(name); // it goes on under this page's own key, written by push()
    }
    const byId = new Map(found.map((op) => [op.op_id, { ...op, since: Date.now() }]));
    this.ops = [...byId.values()];
    this.#write();
    return this.ops;
  }

  /**
   * Takes operations; those given together go out in one request.
   * @param {Operation[]} ops
   */
  push(...ops) {
    this.ops.push(...ops.map((op) => ({ ...op, since: Date.now() })));
    this.#write();
    this.#onChange();
    setTimeout(() => this.isLate && this.#onChange(), LATE + 10);
    this.pump();
  }

  /** Whether the oldest operation has waited too long for an answer. */
  get isLate() {
    return this.ops.length > 0 && Date.now() - this.ops[0].since > LATE;
  }

  stop() {
    this.#stopped = true;
  }

  async pump() {
    if (this.#running) return;
    this.#running = true;
    this.#backoff.succeeded();
    while (this.ops.length && !this.#stopped) {
      if (await this.#round()) this.#backoff.succeeded();
      else await this.#backoff.failed();
    }
    this.#running = false;
  }

  /** One request; true if at least one operation was answered. */
  async #round() {
    const batch = this.ops.slice(0, this.#limit);
    try {
      const answer = await this.#send(batch.map(wire));
      this.trouble = "";
      return this.#settle(batch, answer.results ?? []);
    } catch (error) {
      return this.#fail(batch, error);
    }
  }

  /**
   * @param {Waiting[]} batch
   * @param {OperationResult[]} results
   */
  #settle(batch, results) {
    const byId = new Map(results.map((result) => [result.op_id, result]));
    const answered = batch.filter((op) => byId.has(op.op_id));
    this.#drop(answered);
    for (const op of answered) {
      const result = byId.get(op.op_id);
      if (result) this.#onAnswer(op, result);
    }
    this.#onChange();
    this.#limit = Infinity;
    return answered.length > 0;
  }

  /**
   * @param {Waiting[]} batch
   * @param {unknown} error
   */
  #fail(batch, error) {
    if (!(error instanceof HttpError && error.final)) {
      this.trouble = error instanceof HttpError && error.isSentence ? error.message : "";
      this.#onChange();
      return false;
    }
    if (batch.length > 1) {
      this.#limit = 1; // one of them is refused: ask one by one to learn which
      return true;
    }
    return this.#settle(batch, [{ op_id: batch[0].op_id, error: error.message }]);
  }

  /** @param {Waiting[]} answered */
  #drop(answered) {
    const ids = new Set(answered.map((op) => op.op_id));
    this.ops = this.ops.filter((op) => !ids.has(op.op_id));
    this.#write();
  }

  #write() {
    try {
      if (this.ops.length) this.#storage.setItem(this.#key, JSON.stringify(this.ops.map(wire)));
      else this.#storage.removeItem(this.#key);
    } catch {
      // Storage is full or forbidden: the operations still go out from memory.
    }
  }

  #storedKeys() {
    try {
      return Object.keys(this.#storage).filter((name) => name.startsWith(this.#prefix));
    } catch {
      return [];
    }
  }

  /**
   * @param {string} name
   * @returns {Operation[]}
   */
  #read(name) {
    try {
      return JSON.parse(this.#storage.getItem(name) ?? "null") ?? [];
    } catch {
      return [];
    }
  }

  /** @param {string} name */
  #remove(name) {
    try {
      this.#storage.removeItem(name);
    } catch {
      // Nothing to do: it is sent again by the next page, harmlessly.
    }
  }
}

/**
 * The part of an operation that the server knows.
 * @param {Operation} op
 * @returns {Operation}
 */
function wire({ op_id, kind, examples, class: cls, map_version, name, colour, into, order }) {
  return { op_id, kind, examples, class: cls, map_version, name, colour, into, order };
}
