/** HTTP with the server: JSON, bytes, and errors in words that say whether trying again can help. */

const LOST = "The server did not answer. Is the app still running?";
const TIMEOUT = 20000; // ms
const LONG_TIMEOUT = 60000; // for large arrays

/** What the server, or the lack of one, answered. `final`: the same request would fail again, also after a login. */
export class HttpError extends Error {
  /**
   * @param {string} sentence
   * @param {number} status 0 where there was no answer
   * @param {boolean} isSentence written by our server for a person to read
   */
  constructor(sentence, status = 0, isSentence = false) {
    super(sentence);
    this.status = status;
    this.isSentence = isSentence;
    this.needsLogin = status === 401;
    this.final = isSentence && status >= 400 && status < 500 && !this.needsLogin;
  }

  status;
  isSentence;
  needsLogin;
  final;
}

/**
 * @typedef {object} Options
 * @property {AbortSignal} [signal] ends the request with an AbortError
 * @property {number} [timeout] ms until the server counts as lost; Infinity waits for ever
 */

/** Requests to what lies below one address. An answer that is no success throws an HttpError. */
export class Http {
  /**
   * @param {string} base such as "/api/data"; the paths below are relative to it
   * @param {number} timeout ms, for JSON
   */
  constructor(base, timeout = TIMEOUT) {
    this.base = base.replace(/\/$/, "");
    this.timeout = timeout;
  }

  base;
  timeout;

  /** @param {string} path */
  url(path) {
    return path ? `${this.base}/${path}` : this.base;
  }

  /**
   * JSON.
   * @param {string} path
   * @param {Options} options
   * @returns {Promise<any>}
   */
  async get(path = "", options = {}) {
    return (await this.timed(path, options)).body;
  }

  /**
   * JSON, and the server's clock minus ours in seconds (to about 1 s).
   * @param {string} path
   * @param {Options} options
   * @returns {Promise<{body: any, skew: number}>}
   */
  async timed(path, options = {}) {
    const response = await this.#fetch(path, {}, { timeout: this.timeout, ...options });
    const date = Date.parse(response.headers.get("date") ?? "");
    const skew = Number.isNaN(date) ? 0 : (date - Date.now()) / 1000;
    return { body: await response.json(), skew };
  }

  /**
   * Sends JSON and returns JSON.
   * @param {string} path
   * @param {unknown} body
   * @param {Options} options
   * @returns {Promise<any>}
   */
  async post(path, body = {}, options = {}) {
    return (await this.#post(path, body, { timeout: this.timeout, ...options })).json();
  }

  /**
   * Sends JSON and returns bytes.
   * @param {string} path
   * @param {unknown} body
   * @param {Options} options
   */
  async postForBytes(path, body, options = {}) {
    return (await this.#post(path, body, { timeout: this.timeout, ...options })).arrayBuffer();
  }

  /**
   * @param {string} path
   * @param {unknown} body
   * @param {Options} options
   */
  #post(path, body, options) {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return this.#fetch(path, init, options);
  }

  /**
   * Sends bytes.
   * @param {string} path
   * @param {Blob} blob
   * @param {Options} options
   */
  async send(path, blob, options = {}) {
    const init = { method: "POST", headers: { "content-type": "application/octet-stream" }, body: blob };
    await this.#fetch(path, init, { timeout: Infinity, ...options });
  }

  /**
   * An array, and the version it has.
   * @param {string} path
   * @param {Options} options
   */
  async array(path, options = {}) {
    const response = await this.#fetch(path, {}, { timeout: LONG_TIMEOUT, ...options });
    return { buffer: await response.arrayBuffer(), version: response.headers.get("x-version") };
  }

  /**
   * @param {string} path
   * @param {Options} options
   */
  async bytes(path, options = {}) {
    return new Uint8Array((await this.array(path, options)).buffer);
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   * @param {Options} options
   */
  async #fetch(path, init, { signal, timeout = Infinity }) {
    const abort = new AbortController();
    const stop = () => abort.abort();
    const timer = timeout < Infinity ? setTimeout(stop, timeout) : undefined;
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    try {
      const response = await fetch(this.url(path), { ...init, signal: abort.signal });
      if (!response.ok) throw await errorOf(response);
      return response;
    } catch (error) {
      if (error instanceof HttpError || signal?.aborted) throw error;
      throw new HttpError(LOST);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }
}

/**
 * Requests about one session.
 * @param {string} api
 * @param {string} session its id
 */
export const sessionHttp = (api, session) => new Http(`${api}/sessions/${encodeURIComponent(session)}`);

/** @param {Response} response */
async function errorOf(response) {
  try {
    const sentence = (await response.json()).error;
    if (sentence) return new HttpError(sentence, response.status, true);
  } catch {
    // Not ours: a proxy's page, or nothing at all. Told by its number below.
  }
  return new HttpError(`The server answered ${response.status}.`, response.status);
}

/** A random id; crypto.randomUUID is missing on pages served by plain http. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
