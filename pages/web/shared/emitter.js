/** Who wants to hear of what: on(name, f) listens until the returned function is called. */

/**
 * Events: what each name tells its listeners, undefined where it tells nothing. A class says its own
 * with "@extends {Emitter<{change: undefined}>}".
 * @template {object} Events
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<(detail: any) => void>>} */
  #listeners = new Map();

  /**
   * @template {keyof Events} Name
   * @param {Name} name
   * @param {(detail: Events[Name]) => void} listener
   * @returns {() => void}
   */
  on(name, listener) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void this.#listeners.get(name)?.delete(listener);
  }

  /**
   * @template {keyof Events} Name
   * @param {Name} name
   * @param {Events[Name] extends undefined ? [] : [detail: Events[Name]]} told
   */
  emit(name, ...told) {
    const [detail] = told;
    for (const listener of this.#listeners.get(name) ?? []) listener(detail);
  }

  forgetListeners() {
    this.#listeners.clear();
  }
}
