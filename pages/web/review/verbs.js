/** What is done to labels on this page. */

import { newId } from "../shared/http.js";

/** @typedef {import("../shared/api.js").Operation} Operation */

export class Verbs {
  client;

  /** @param {import("../session/session_client.js").SessionClient} client */
  constructor(client) {
    this.client = client;
  }

  /**
   * Gives examples a class.
   * @param {number[]} examples
   * @param {number} cls
   * @param {"label" | "keep" | "settle" | "audit"} kind a plain label, or what else it means
   */
  give(examples, cls, kind = "label") {
    if (kind === "label") this.client.label(examples, cls);
    else this.#send({ kind, examples, class: cls });
  }

  /**
   * Says of examples what is no class.
   * @param {number[]} examples
   * @param {"unsure" | "clear"} kind
   */
  mark(examples, kind) {
    this.#send({ kind, examples });
  }

  /**
   * A class that nobody named yet, and its first members; resolves to its id, or null where it is refused.
   * @param {string} name
   * @param {number[]} examples
   */
  found(name, examples) {
    /** @type {Promise<number | null>} */
    const made = new Promise((made) => this.client.changeClass("class-add", { name }, { then: { examples }, made }));
    return made;
  }

  /** @param {import("../shared/api.js").StepKind} kind */
  step(kind) {
    if (!this.client.describe(kind)) return this.client.say(`There is nothing to ${kind}.`);
    this.client.step(kind);
  }

  /**
   * An operation whose effect only the server knows: what this page could undo by itself is void.
   * @param {Omit<Operation, "op_id">} fields
   */
  #send(fields) {
    const op = { op_id: newId(), ...fields };
    this.client.labelOverlay.begin(op);
    this.client.labelOverlay.forget();
    this.client.outbox.push(op);
  }
}
