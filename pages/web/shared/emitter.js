// @ts-nocheck (its types are not written yet)
/** Who wants to hear of what: on(name, f) listens until the returned function is called. */

export class Emitter {
  #listeners = new Map(); // name -> set of functions

  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    return () => this.#listeners.get(name)?.delete(listener);
  }

  emit(name, detail) {
    for (const listener of this.#listeners.get(name) ?? []) listener(detail);
  }

  forgetListeners() {
    this.#listeners.clear();
  }
}
