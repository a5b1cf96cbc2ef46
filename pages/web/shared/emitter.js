/** Who wants to hear of what: on(name, f) listens until the returned function is called. */

/** @typedef {(detail?: any) => void} Listener */

export class Emitter {
  /** @type {Map<string, Set<Listener>>} */
  #listeners = new Map();

  /**
   * @param {string} name
   * @param {Listener} listener
   * @returns {() => void}
   */
  on(name, listener) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void this.#listeners.get(name)?.delete(listener);
  }

  /**
   * @param {string} name
   * @param {any} [detail]
   */
  emit(name, detail) {
    for (const listener of this.#listeners.get(name) ?? []) listener(detail);
  }

  forgetListeners() {
    this.#listeners.clear();
  }
}
