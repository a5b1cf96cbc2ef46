/**
 * Operations on their way to the server: in order, one request at a time with everything pending in
 * it, resent with the same op_ids until answered, and kept in the browser's storage until then. So
 * neither a key typed in haste nor a reload nor a server that is away loses a label.
 *
 * Only a result for an operation ends it. Whatever else answers (that there is no such session, a
 * login page, another app on the port, nothing at all) says nothing of the labels: they stay.
 */

import { Backoff } from "../shared/backoff.js";
import { HttpError, newId } from "../shared/http.js";
import { UnsentStore, browserStorage } from "./unsent.js";

const LATE = 2000; // ms until a person should know that it is not saved yet
const MOST_TRIES = 5; // of an operation that the server meets a bug with, until it holds up nothing any more
const NOT_OURS = "Something else than this app answers at its address.";

/** @typedef {import("../shared/api.js").Operation} Operation */
/** @typedef {import("../shared/api.js").OperationResult} OperationResult */
/** @typedef {Operation & {since: number, tries: number}} Waiting since: ms since 1970, when this page got it */

export class Outbox {
  /**
   * @param {object} options
   * @param {string} options.session
   * @param {(ops: Operation[]) => Promise<unknown>} options.send gives what was answered
   * @param {(op: Operation, result: OperationResult) => void} options.onAnswer called once per operation, in order
   * @param {() => void} options.onChange called whenever something was added, answered or has failed to go out
   * @param {() => string} [options.sessionName] what a person calls the session, "" before it is known
   * @param {import("./unsent.js").Place} [options.storage]
   * @param {Backoff} [options.backoff]
   */
  constructor({ session, send, onAnswer, onChange, sessionName = () => "", storage = browserStorage(), backoff = new Backoff() }) {
    this.#send = send;
    this.#onAnswer = onAnswer;
    this.#onChange = onChange;
    this.#sessionName = sessionName;
    this.#backoff = backoff;
    this.store = new UnsentStore(session, newId(), storage);
  }

  store;
  /** @type {Waiting[]} */
  ops = []; // in order
  /** @type {Waiting[]} */
  parked = []; // that the server cannot take as they are: kept, and sent again when a person says so
  trouble = ""; // why nothing is saved, in a sentence ("The disk is full: ...")
  isKept = true; // whether the browser's storage has them all
  #send;
  #onAnswer;
  #onChange;
  #sessionName;
  #backoff;
  #running = false;
  #stopped = false;
  #limit = Infinity;

  /**
   * Takes over what an earlier page of this session left unsent; resending is harmless.
   * @returns {Operation[]}
   */
  adopt() {
    const byId = new Map(this.store.adopt().map((op) => [op.op_id, waiting(op)]));
    this.ops = [...byId.values()];
    this.#write();
    return this.ops;
  }

  /**
   * Takes operations; those given together go out in one request.
   * @param {Operation[]} ops
   */
  push(...ops) {
    this.ops.push(...ops.map(waiting));
    this.#write();
    this.#onChange();
    setTimeout(() => this.isLate && this.#onChange(), LATE + 10);
    this.pump();
  }

  /** All that has no answer. */
  get unsent() {
    return [...this.parked, ...this.ops];
  }

  /** Whether the oldest operation has waited too long for an answer. */
  get isLate() {
    return this.ops.length > 0 && Date.now() - this.ops[0].since > LATE;
  }

  stop() {
    this.#stopped = true;
  }

  /** Sends what was parked once more. */
  retry() {
    if (!this.parked.length) return;
    this.ops = [...this.parked.map(waiting), ...this.ops];
    this.parked = [];
    this.#onChange();
    this.pump();
  }

  /**
   * Lets go of all that has no answer: a person said so. What is under way may be stored all the same.
   * @returns {Operation[]} what it was
   */
  discard() {
    const discarded = this.unsent;
    this.ops = [];
    this.parked = [];
    this.trouble = "";
    this.#write();
    this.#onChange();
    return discarded;
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

  /** One request; true if the next may follow at once. */
  async #round() {
    const batch = this.ops.slice(0, this.#limit);
    let results;
    try {
      results = resultsIn(await this.#send(batch.map(wire)));
    } catch (error) {
      return this.#fail(batch, error);
    }
    this.trouble = "";
    return this.#settle(batch, results);
  }

  /**
   * @param {Waiting[]} batch
   * @param {OperationResult[]} results
   */
  #settle(batch, results) {
    const byId = new Map(results.map((result) => [result.op_id, result]));
    const here = new Set(this.ops); // the rest was discarded meanwhile
    const [answered, others] = [batch.filter((op) => here.has(op) && byId.has(op.op_id)), batch.filter((op) => !byId.has(op.op_id))];
    for (const op of others) op.tries += 1;
    this.#drop(answered);
    this.#park(others.filter((op) => op.tries >= MOST_TRIES));
    for (const op of answered) {
      const result = byId.get(op.op_id);
      if (result) this.#onAnswer(op, result);
    }
    this.#onChange();
    if (answered.length === batch.length) this.#limit *= 2; // and Infinity stays so
    return answered.length > 0;
  }

  /**
   * No result came: nothing is dropped. Where the batch itself may be why, a smaller one is tried.
   * @param {Waiting[]} batch
   * @param {unknown} error
   */
  #fail(batch, error) {
    this.trouble = inWords(error);
    const status = error instanceof HttpError ? error.status : 0;
    const isBug = status === 500 && error instanceof HttpError && error.isSentence;
    const isSmaller = (status === 413 || isBug) && batch.length > 1;
    if (isSmaller) this.#limit = Math.ceil(batch.length / 2);
    else if (status === 413) this.#park(batch);
    else if (isBug) {
      batch[0].tries += 1;
      this.#park(batch.filter((op) => op.tries >= MOST_TRIES));
    }
    this.#onChange();
    return isSmaller;
  }

  /** @param {Waiting[]} ops */
  #drop(ops) {
    const ids = new Set(ops.map((op) => op.op_id));
    this.ops = this.ops.filter((op) => !ids.has(op.op_id));
    this.#write();
  }

  /** @param {Waiting[]} ops */
  #park(ops) {
    if (!ops.length) return;
    this.parked.push(...ops);
    this.#limit = Infinity;
    this.#drop(ops);
  }

  #write() {
    const kept = this.unsent.map((op) => ({ ...wire(op), then: op.then, at: op.at }));
    this.isKept = this.store.keep(kept, this.#sessionName());
  }
}

/**
 * @param {Operation} op
 * @returns {Waiting}
 */
function waiting(op) {
  return { ...op, since: Date.now(), at: op.at ?? Date.now(), tries: 0 };
}

/**
 * The results in what was answered; HttpError for what no events route of ours says.
 * @param {unknown} answer
 * @returns {OperationResult[]}
 */
function resultsIn(answer) {
  const results = /** @type {{results?: unknown} | null} */ (answer)?.results;
  if (!Array.isArray(results)) throw new HttpError(NOT_OURS, 0, true);
  return results.filter((result) => typeof result?.op_id === "string"
    && (typeof result.error === "string" || Number.isInteger(result.seq)));
}

/**
 * Why nothing was saved; "" where nothing answered, which the page says by itself.
 * @param {unknown} error
 */
function inWords(error) {
  if (!(error instanceof HttpError)) return NOT_OURS; // an answer that is no JSON
  return error.isSentence || error.status ? error.message : "";
}

/**
 * The part of an operation that the server knows.
 * @param {Operation} op
 * @returns {Operation}
 */
function wire({ op_id, kind, examples, class: cls, map_version, name, colour, into, order }) {
  return { op_id, kind, examples, class: cls, map_version, name, colour, into, order };
}
