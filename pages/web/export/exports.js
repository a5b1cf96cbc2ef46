// @ts-nocheck (its types are not written yet)
/** What the server knows of the session's exports, and what is chosen here. Calls changed() after each change. */

const WHILE_WRITING = 300; // ms between two looks at an export
const GATHER = 120; // ms before a slider's count is asked for
const AGAIN_AFTER = 1500; // ms between two counts, while labels and guesses change

export class Exports {
  constructor(client, changed) {
    Object.assign(this, { client, changed });
    this.all = null; // the answer of exports
    this.counted = null; // of exports/count
    this.chosen = "csv";
    this.choices = { what: "all", min_confidence: 0, with_junk: false };
    this.error = "";
  }

  #timer = 0;
  #countTimer = 0;
  #seen = "";
  #countedAt = 0;
  #isGone = false;

  get format() {
    return this.all?.formats.find(({ name }) => name === this.chosen) ?? null;
  }

  get job() {
    return this.all?.job ?? null;
  }

  get isWriting() {
    return this.job?.state === "running";
  }

  /** The state of the session is new: what it holds may be too. */
  follow() {
    const { state } = this.client;
    const seen = `${state.labels.seq} ${state.snapshot?.rev ?? ""}`;
    if (seen === this.#seen) return;
    const isFirst = !this.#seen;
    this.#seen = seen;
    if (isFirst || this.all?.formats.some(({ why_not: why }) => why)) this.#look();
    this.#count(isFirst ? 0 : Math.max(GATHER, this.#countedAt + AGAIN_AFTER - Date.now()));
  }

  choose(name) {
    this.chosen = name;
    this.error = "";
    this.changed();
  }

  set(choices) {
    Object.assign(this.choices, choices);
    this.changed();
    this.#count(GATHER);
  }

  async begin() {
    const job = await this.#try(() => this.client.api.post("exports", { format: this.chosen, ...this.choices }));
    if (job) {
      this.all.job = job;
      this.#look();
    }
    this.changed();
  }

  cancel() {
    return this.#try(() => this.client.api.post("exports/cancel", {}));
  }

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
    const all = await this.#try(async () => await this.client.api.get("exports"), true);
    if (this.#isGone) return;
    if (all) this.all = all;
    if (this.isWriting || !all) this.#timer = setTimeout(() => this.#look(), WHILE_WRITING);
    this.changed();
  }

  #count(wait) {
    clearTimeout(this.#countTimer);
    this.#countTimer = setTimeout(async () => {
      const { what, min_confidence: confidence, with_junk: junk } = this.choices;
      const path = `exports/count?what=${what}&min_confidence=${confidence}&junk=${Number(junk)}`;
      const found = await this.#try(async () => await this.client.api.get(path), true);
      this.#countedAt = Date.now();
      if (found && !this.#isGone) this.counted = found;
      this.changed();
    }, wait);
  }

  async #try(action, isQuiet = false) {
    try {
      const found = await action();
      if (!isQuiet) this.error = "";
      return found;
    } catch (error) {
      if (!isQuiet || error.isSentence) this.error = error.isSentence ? error.message : "The server did not answer. Try again.";
      return null;
    }
  }
}
