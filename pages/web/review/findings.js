// @ts-nocheck (its types are not written yet)
/**
 * What the server has found about the labels and the guesses: read when first wanted, and again when
 * labels or guesses have changed since, but not more often than a person can read.
 */

const AGAIN_AFTER = 1500; // ms between two readings of one finding

export class Findings {
  /** names: {name: path with its query}; `changed(name)` after each reading. */
  constructor(client, paths, changed) {
    Object.assign(this, { client, changed });
    this.#paths = { ...paths };
    this.#stop = client.on("state", () => this.#look());
  }

  #paths;
  #stop;
  #found = new Map(); // name -> {value, seen, error}
  #busy = new Set();
  #timer = 0;

  destroy() {
    this.#stop();
    clearTimeout(this.#timer);
  }

  /** The latest value, or null before the first. */
  of(name) {
    return this.#found.get(name)?.value ?? null;
  }

  /** Why the last reading failed, in words; "" if it did not. */
  errorOf(name) {
    return this.#found.get(name)?.error ?? "";
  }

  /** Reads from another path from now on, at once. */
  ask(name, path) {
    this.#paths[name] = path;
    this.#found.delete(name);
    this.#read(name);
  }

  /** Reads again now: something was done here that changes it. */
  renew(name) {
    const found = this.#found.get(name);
    if (found) found.seen = "";
    this.#look();
  }

  #look() {
    clearTimeout(this.#timer);
    let wait = Infinity;
    for (const name of Object.keys(this.#paths)) {
      const found = this.#found.get(name);
      if (found?.seen === this.#now()) continue;
      const left = found ? found.at + AGAIN_AFTER - Date.now() : 0;
      if (left > 0) wait = Math.min(wait, left);
      else this.#read(name);
    }
    if (wait < Infinity) this.#timer = setTimeout(() => this.#look(), wait);
  }

  #now() {
    const { state } = this.client;
    return state ? `${state.labels.seq} ${state.snapshot?.rev ?? ""}` : "";
  }

  async #read(name) {
    if (this.#busy.has(name) || !this.client.state) return;
    this.#busy.add(name);
    const [seen, path] = [this.#now(), this.#paths[name]];
    const found = { value: this.of(name), seen, at: Date.now(), error: "" };
    try {
      found.value = await this.client.api.get(path, { timeout: 60000 });
    } catch (error) {
      found.error = error.isSentence ? error.message : "The server did not answer. It is asked again.";
    }
    this.#busy.delete(name);
    if (path !== this.#paths[name]) return this.#read(name); // another was asked for meanwhile
    this.#found.set(name, found);
    this.changed(name);
    this.#look();
  }
}
