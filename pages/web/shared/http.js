/** HTTP with the server: JSON, bytes, and errors that say whether trying again can help. */

/** What the server, or the lack of one, answered. `final`: the same request would fail again, also after a login. */
export class ApiError extends Error {
  constructor(sentence, status = 0, isSentence = false) {
    super(sentence);
    this.status = status;
    this.isSentence = isSentence; // written by our server for a person to read
    this.needsLogin = status === 401;
    this.final = isSentence && status >= 400 && status < 500 && !this.needsLogin;
  }
}

export class Api {
  /** `base` is "/api"; paths below are relative to one session. */
  constructor(base, session) {
    this.base = base.replace(/\/$/, "");
    this.session = encodeURIComponent(session);
  }

  sessionUrl(path) {
    return `${this.base}/sessions/${this.session}/${path}`;
  }

  /** JSON of a session's path, and the server's clock minus ours in seconds (to about 1 s). */
  async json(path, { signal, timeout = 20000 } = {}) {
    const response = await this.#fetch(this.sessionUrl(path), {}, signal, timeout);
    const date = Date.parse(response.headers.get("date") ?? "");
    const skew = Number.isNaN(date) ? 0 : (date - Date.now()) / 1000;
    return { body: await response.json(), skew };
  }

  /** An array of a session's path, and the version it has. */
  async array(path, signal) {
    const response = await this.#fetch(this.sessionUrl(path), {}, signal, 60000);
    return { buffer: await response.arrayBuffer(), version: response.headers.get("x-version") };
  }

  /** Pixels of some examples, one after the other. */
  async images(fingerprint, ids) {
    const url = `${this.base}/data/${fingerprint}/images?ids=${ids.join(",")}`;
    const response = await this.#fetch(url, {}, undefined, 30000);
    return new Uint8Array(await response.arrayBuffer());
  }

  async post(path, body) {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    const response = await this.#fetch(this.sessionUrl(path), init, undefined, 20000);
    return response.json();
  }

  async #fetch(url, init, signal, timeout) {
    const abort = new AbortController();
    const stop = () => abort.abort();
    const timer = setTimeout(stop, timeout);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    try {
      const response = await fetch(url, { ...init, signal: abort.signal });
      if (!response.ok) throw await errorOf(response);
      return response;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }
}

async function errorOf(response) {
  try {
    const sentence = (await response.json()).error;
    if (sentence) return new ApiError(sentence, response.status, true);
  } catch {
    // Not ours: a proxy's page, or nothing at all. Told by its number below.
  }
  return new ApiError(`The server answered ${response.status}.`, response.status);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** A random id; crypto.randomUUID is missing on pages served by plain http. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
