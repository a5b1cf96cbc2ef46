// @ts-nocheck (its types are not written yet)
/** Reads the large arrays of a session: one reading of a kind at a time, and what went wrong. */

export class ArrayLoader {
  /** onChange() whenever a reading begins or ends. */
  constructor(api, signal, onChange) {
    Object.assign(this, { api, signal, onChange });
    this.failed = { map: "", labels: "", guesses: "" }; // why the last reading failed
  }

  #reading = new Set();

  isReading(name) {
    return this.#reading.has(name);
  }

  /** take({buffer, version}), or take(null) where there is none yet; a failed one is read with the next state. */
  async read(name, take) {
    if (this.#reading.has(name)) return;
    this.#reading.add(name);
    this.onChange();
    try {
      const answer = await this.api.array(name, { signal: this.signal });
      this.failed[name] = "";
      take(answer);
    } catch (error) {
      if (error.status === 404 && name === "guesses") take(null);
      else if (!this.signal.aborted) this.failed[name] = error.message;
    } finally {
      this.#reading.delete(name);
      this.onChange();
    }
  }
}
