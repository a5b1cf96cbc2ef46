/** What is looked at, in the address: who opens the link sees the same. */

const OWN = ["view", "seed"]; // beside them, one for each view's state

/** @typedef {Record<string, any>} State */

export class Link {
  /**
   * @param {{search: string, pathname: string}} at of the window
   * @param {(address: string) => void} write
   */
  constructor(at = location, write = (address) => history.replaceState(history.state, "", address)) {
    this.#at = at;
    this.#write = write;
    const given = new URLSearchParams(at.search);
    for (const [name, text] of given) {
      const value = OWN.includes(name) ? text : parsed(text);
      if (value !== undefined) this.#values.set(name, value);
    }
    const seed = Number(this.#values.get("seed"));
    this.seed = Number.isSafeInteger(seed) && seed > 0 ? seed : 1;
  }

  #at;
  #write;
  /** @type {Map<string, any>} */
  #values = new Map();
  seed; // of every random draw on the page

  /** The name of the view, or "". */
  get view() {
    return String(this.#values.get("view") ?? "");
  }

  /**
   * What a view told; {} without that.
   * @param {string} name
   * @returns {State}
   */
  get(name) {
    const value = this.#values.get(name);
    return value && typeof value === "object" ? value : {};
  }

  /**
   * A view tells what would bring it back.
   * @param {string} name
   * @param {State} state a plain object
   */
  set(name, state) {
    this.#put(name, rounded(state));
  }

  /** @param {string} view */
  see(view) {
    this.#put("view", view);
  }

  /** @param {number} seed */
  sow(seed) {
    this.seed = seed;
    this.#put("seed", String(seed));
  }

  /**
   * @param {string} name
   * @param {any} value
   */
  #put(name, value) {
    this.#values.set(name, value);
    this.mend();
  }

  /** The page around may have written an address of its own, in which ours is old or missing: puts it there. */
  mend() {
    const query = new URLSearchParams(this.#at.search);
    for (const [one, its] of this.#values) {
      const isEmpty = typeof its === "object" && Object.keys(its).length === 0;
      if (isEmpty) query.delete(one);
      else query.set(one, typeof its === "string" ? its : JSON.stringify(its));
    }
    if (query.toString() !== new URLSearchParams(this.#at.search).toString()) this.#write(`${this.#at.pathname}?${query}`);
  }

  /**
   * Mends the address whenever somebody else has written it, as the page around does when it runs again.
   * @returns {() => void} ends that
   */
  follow() {
    const { pathname } = this.#at;
    const written = (/** @type {Event} */ event) =>
      "navigationType" in event && event.navigationType !== "traverse" && this.#at.pathname === pathname && this.mend();
    const { navigation } = /** @type {{navigation?: EventTarget}} */ (/** @type {unknown} */ (window));
    navigation?.addEventListener("currententrychange", written);
    return () => navigation?.removeEventListener("currententrychange", written);
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // not one of ours
  }
}

/**
 * The same with numbers of three places, and arrays of them as plain ones.
 * @param {any} value
 * @returns {any}
 */
export function rounded(value) {
  if (typeof value === "number") return Math.round(value * 1000) / 1000;
  if (ArrayBuffer.isView(value)) return Array.from(/** @type {any} */ (value), rounded);
  if (Array.isArray(value)) return value.map(rounded);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined).map(([name, one]) => [name, rounded(one)]));
  return value;
}
