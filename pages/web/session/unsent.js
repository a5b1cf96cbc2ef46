/**
 * Operations without an answer, as this browser's storage keeps them: one entry a page of a session, so
 * that those of two tabs, two sessions or two workspaces (an id is of one of them) are never mixed up.
 */

const PREFIX = "ssvae.outbox.";
const NAMES = "ssvae.outbox-of."; // what a session is called, for pages of other sessions
const SETTLING = 10000; // ms in which what another tab has just given is on its way, and nobody's concern

/** @typedef {import("../shared/api.js").Operation} Operation */
/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Place */
/** @typedef {{session: string, name: string, ops: Operation[], since: number}} Elsewhere since: ms since 1970, 0 if not known */

/** @type {Place} for a browser that has no storage, or whose person allows none */
const NOWHERE = {
  getItem: () => null,
  removeItem: () => {},
  setItem: () => {
    throw new Error("There is no storage.");
  },
};

/** The browser's storage: even to name it throws where it is not allowed. */
export function browserStorage() {
  try {
    return window.localStorage ?? NOWHERE;
  } catch {
    return NOWHERE;
  }
}

export class UnsentStore {
  /**
   * @param {string} session
   * @param {string} page an id of this page alone
   * @param {Place} storage
   */
  constructor(session, page, storage = browserStorage()) {
    this.session = session;
    this.#storage = storage;
    this.#own = `${PREFIX}${session}.${page}`;
  }

  session;
  #storage;
  #own;
  /** @type {string[]} */
  #earlier = []; // entries of earlier pages that have to stay until ours takes their place

  /** What pages of this session left; it is ours from now on. What cannot be read stays where it is. */
  adopt() {
    const found = this.#entries((name) => name.startsWith(`${PREFIX}${this.session}.`));
    this.#earlier = found.map(([name]) => name).filter((name) => name !== this.#own);
    return found.flatMap(([, ops]) => ops);
  }

  /**
   * Keeps these and no others; false where the storage is full or forbidden: they are in this page only.
   * @param {Operation[]} ops
   * @param {string} name the session's
   */
  keep(ops, name) {
    try {
      if (ops.length) {
        this.#storage.setItem(this.#own, JSON.stringify(ops));
        if (name) this.#storage.setItem(NAMES + this.session, name);
      } else {
        for (const entry of [this.#own, NAMES + this.session]) this.#storage.removeItem(entry);
      }
      for (const entry of this.#earlier.splice(0)) this.#storage.removeItem(entry);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * What other sessions left without an answer, the oldest first.
   * @param {number} now ms since 1970
   * @returns {Elsewhere[]}
   */
  elsewhere(now = Date.now()) {
    /** @type {Map<string, Operation[]>} */
    const bySession = new Map();
    for (const [entry, ops] of this.#entries((name) => name.startsWith(PREFIX))) {
      const session = entry.slice(PREFIX.length, entry.lastIndexOf("."));
      if (session !== this.session) bySession.set(session, [...(bySession.get(session) ?? []), ...ops]);
    }
    return [...bySession].map(([session, ops]) => {
      const given = ops.map((op) => op.at ?? 0);
      return { session, name: this.#nameOf(session), ops, since: Math.min(...given) };
    }).filter(({ ops, since }) => ops.length && now - since > SETTLING).sort((a, b) => a.since - b.since);
  }

  /**
   * Forgets what another session left: a person said so.
   * @param {string} session
   */
  forget(session) {
    for (const [entry] of this.#entries((name) => name.startsWith(`${PREFIX}${session}.`))) this.#remove(entry);
    this.#remove(NAMES + session);
  }

  /** @param {string} session */
  #nameOf(session) {
    try {
      return this.#storage.getItem(NAMES + session) ?? "";
    } catch {
      return "";
    }
  }

  /** @param {string} entry */
  #remove(entry) {
    try {
      this.#storage.removeItem(entry);
    } catch {
      // Forbidden since: then it cannot be listed either.
    }
  }

  /**
   * Entries that are lists of operations.
   * @param {(name: string) => boolean} isMeant
   * @returns {[name: string, ops: Operation[]][]}
   */
  #entries(isMeant) {
    try {
      return Object.keys(this.#storage).filter(isMeant)
        .map((name) => /** @type {[string, Operation[] | null]} */ ([name, this.#read(name)]))
        .filter(/** @returns {entry is [string, Operation[]]} */ (entry) => entry[1] !== null);
    } catch {
      return [];
    }
  }

  /**
   * @param {string} name
   * @returns {Operation[] | null} null for what is no list
   */
  #read(name) {
    try {
      const ops = JSON.parse(this.#storage.getItem(name) ?? "null");
      if (!Array.isArray(ops)) return null;
      return ops.filter((op) => typeof op?.op_id === "string" && typeof op?.kind === "string");
    } catch {
      return null;
    }
  }
}
