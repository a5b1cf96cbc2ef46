/** What the server knows of the session's exports, and what is chosen here. Calls changed() after each change. */

import { HttpError } from "../shared/http.js";

const WHILE_WRITING = 300; // ms between two looks at an export
const GATHER = 120; // ms before a slider's count is asked for
const AGAIN_AFTER = 1500; // ms between two counts, while labels and guesses change

/** @typedef {import("../shared/api.js").ExportChoices} ExportChoices */

export class Exports {
  client;
  changed;
  /** @type {import("../shared/api.js").ExportsAnswer | null} */
  all = null;
  /** @type {import("../shared/api.js").ExportCount | null} */
  counted = null;
  chosen = "csv"; // the name of a format
  /** @type {ExportChoices} */
  choices = { what: "all", min_confidence: 0, with_junk: false, images: "originals" };
  error = ""; // what went wrong last, in words

  /**
   * @param {import("../session/session_client.js").SessionClient} client
   * @param {() => void} changed
   */
  constructor(client, changed) {
    this.client = client;
    this.changed = changed;
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #countTimer;
  #seen = "";
  #countedAt = 0;
  #isGone = false;
  #isBeginning = false; // asked for, and not answered
  /** @type {Promise<import("../shared/api.js").ExportJob | null>} */
  #begun = Promise.resolve(null); // until the last one is answered
  #looks = 0; // an answer counts only if no other was asked for since
  #counts = 0;

  get format() {
    return this.all?.formats.find(({ name }) => name === this.chosen) ?? null;
  }

  get job() {
    return this.all?.job ?? null;
  }

  get isWriting() {
    return this.#isBeginning || this.job?.state === "running";
  }

  /** The state of the session is new: what it holds may be too. */
  follow() {
    const { state } = this.client;
    if (!state) return;
    const seen = `${state.labels.seq} ${state.snapshot?.rev ?? ""}`;
    if (seen === this.#seen) return;
    const isFirst = !this.#seen;
    this.#seen = seen;
    if (isFirst || this.all?.formats.some(({ why_not: why }) => why)) this.#look();
    this.#count(isFirst ? 0 : Math.max(GATHER, this.#countedAt + AGAIN_AFTER - Date.now()));
  }

  /** @param {string} name of a format */
  choose(name) {
    this.chosen = name;
    this.error = "";
    this.changed();
  }

  /** @param {Partial<ExportChoices>} choices those that change */
  set(choices) {
    Object.assign(this.choices, choices);
    this.#counts += 1; // what is being counted is of the choices before
    this.changed();
    this.#count(GATHER);
  }

  /** @param {ExportChoices["images"]} images which files are written; as many, so nothing is counted anew */
  setImages(images) {
    this.choices.images = images;
    this.changed();
  }

  async begin() {
    if (this.isWriting) return;
    this.#isBeginning = true;
    this.changed();
    this.#begun = this.#try(() => this.client.api.post("exports", { format: this.chosen, ...this.choices }));
    const job = await this.#begun;
    if (job && this.all) {
      this.all.job = job;
      this.#look();
    }
    this.#isBeginning = false;
    this.changed();
  }

  async cancel() {
    await this.#begun; // before that there is nothing that could be cancelled
    return this.#try(() => this.client.api.post("exports/cancel", {}));
  }

  /**
   * The address of an export.
   * @param {string} id
   * @param {"zip" | "page"} what
   */
  url(id, what) {
    return this.client.api.url(`exports/${encodeURIComponent(id)}/${what}`);
  }

  stop() {
    this.#isGone = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#countTimer);
  }

  async #look() {
    clearTimeout(this.#timer);
    const look = (this.#looks += 1);
    const all = await this.#try(async () => await this.client.api.get("exports"), true);
    if (this.#isGone || look !== this.#looks) return;
    if (all) this.all = all;
    if (this.isWriting || !all) this.#timer = setTimeout(() => this.#look(), WHILE_WRITING);
    this.changed();
  }

  /** @param {number} wait ms */
  #count(wait) {
    clearTimeout(this.#countTimer);
    this.#countTimer = setTimeout(async () => {
      const asked = (this.#counts += 1);
      const { what, min_confidence: confidence, with_junk: junk } = this.choices;
      const path = `exports/count?what=${what}&min_confidence=${confidence}&junk=${Number(junk)}`;
      const found = await this.#try(async () => await this.client.api.get(path), true);
      this.#countedAt = Date.now();
      if (this.#isGone || asked !== this.#counts) return;
      if (found) this.counted = found;
      this.changed();
    }, wait);
  }

  /**
   * What the action resolves to; null where it failed, and then `error` says why.
   * @template Value
   * @param {() => Promise<Value>} action
   * @param {boolean} isQuiet of another failure than a sentence of the server nothing is said
   */
  async #try(action, isQuiet = false) {
    try {
      const found = await action();
      if (!isQuiet) this.error = "";
      return found;
    } catch (error) {
      const sentence = error instanceof HttpError && error.isSentence ? error.message : "";
      if (!isQuiet || sentence) this.error = sentence || "The server did not answer. Try again.";
      return null;
    }
  }
}
