/** What the data page asks of the server: /api/data and below, with errors in words. */

import { ApiError } from "../shared/http.js";

const LOST = "The server did not answer. Is the app still running?";

export class Server {
  constructor(api) {
    this.base = `${api.replace(/\/$/, "")}/data`;
  }

  /** JSON of a path; a sentence as ApiError if it cannot be had. */
  async get(path = "") {
    return (await this.#fetch(path)).json();
  }

  async post(path, body = {}) {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return (await this.#fetch(path, init)).json();
  }

  async bytes(path) {
    return new Uint8Array(await (await this.#fetch(path)).arrayBuffer());
  }

  /** Sends parts of an upload; `signal` stops it. */
  async send(upload, blob, signal) {
    const headers = { "content-type": "application/octet-stream" };
    await this.#fetch(`/uploads/${upload}/parts`, { method: "POST", headers, body: blob, signal });
  }

  url(path) {
    return `${this.base}${path}`;
  }

  async #fetch(path, init) {
    const response = await fetch(this.url(path), init).catch((error) => {
      if (error.name === "AbortError") throw error;
      throw new ApiError(LOST);
    });
    if (response.ok) return response;
    const sentence = await response.json().then((body) => body.error, () => "");
    throw new ApiError(sentence || `The server answered ${response.status}.`, response.status, Boolean(sentence));
  }
}
