// @ts-nocheck (its types are not written yet)
/** What is done to labels on this page. */

import { newId } from "../shared/http.js";

export class Verbs {
  constructor(client) {
    this.client = client;
  }

  /** Gives examples a class: a plain label, or of another kind ("keep", "settle", "audit"). */
  give(examples, cls, kind = "label") {
    if (kind === "label") this.client.label(examples, cls);
    else this.#send({ kind, examples, class: cls });
  }

  /** "unsure" or "clear". */
  mark(examples, kind) {
    this.#send({ kind, examples });
  }

  /** A class that nobody named yet, and its first members; resolves to its id, or null. */
  async found(name, examples) {
    const op = { op_id: newId(), kind: "class-add", name };
    const answer = await this.client.api.post("events", { ops: [op] });
    const [result] = answer.results;
    if (result.error) {
      this.client.say(result.error, "bad");
      return null;
    }
    const state = await this.client.api.get("state?wait=0");
    const made = state.classes.find((cls) => cls.name === name.trim().replace(/\s+/g, " "));
    if (!made) return null;
    this.give(examples, made.id);
    return made.id;
  }

  step(kind) {
    if (!this.client.describe(kind)) return this.client.say(`There is nothing to ${kind}.`);
    this.client.step(kind);
  }

  /** An operation whose effect only the server knows: what this page could undo by itself is void. */
  #send(fields) {
    const op = { op_id: newId(), ...fields };
    this.client.labelOverlay.begin(op);
    this.client.labelOverlay.forget();
    this.client.outbox.push(op);
  }
}
