// @ts-nocheck (its types are not written yet)
/**
 * Files from the browser to the server, in bodies of a few megabytes: many small files in one, large
 * ones in pieces. A piece that does not arrive is sent again; the same files dropped once more go on
 * where they stopped.
 */

import { sleep } from "../shared/backoff.js";

const BODY = 4 << 20; // bytes; the server takes 8 MB
const MOST_PARTS = 500; // in one body
const LANES = 2; // bodies under way
const TRIES = 6;
const WAIT = 1000; // ms before the second try, longer before each further one

/** What was dropped, as [{path, file}] in a list; folders are walked through. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosen(transfer.files);
  const found = [];
  await Promise.all(entries.map((entry) => walk(entry, found)));
  return found;
}

/** What was chosen in a dialog. */
export function chosen(files) {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function walk(entry, found) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail)).catch(() => null);
    if (file) found.push({ path, file });
    return;
  }
  const reader = entry.createReader();
  for (;;) { // a reader gives about 100 entries at a time
    const some = await new Promise((done, fail) => reader.readEntries(done, fail)).catch(() => []);
    if (!some.length) return;
    await Promise.all(some.map((inside) => walk(inside, found)));
  }
}

/** The name of what was dropped: its one folder or file, else "images". */
export function nameOf(files) {
  const tops = new Set(files.map(({ path }) => path.split("/")[0]));
  if (tops.size !== 1) return "images";
  const [top] = tops;
  return files.length === 1 && files[0].path === top ? top.replace(/\.[^.]+$/, "") || top : top;
}

export class Upload {
  /** changed() after each body that arrived: see `sent`, `total`. */
  constructor(server, files, changed) {
    Object.assign(this, { server, files, changed });
    this.total = files.reduce((sum, { file }) => sum + file.size, 0);
    this.sent = 0;
    this.began = Date.now();
    this.#resumed = 0;
  }

  #abort = new AbortController();
  #resumed;

  /** Sends everything, and resolves to the upload's id. */
  async run() {
    const { upload, received } = await this.server.post("uploads",
      { name: nameOf(this.files), files: this.files.length, bytes: this.total });
    const bodies = this.#bodies(received);
    const lane = async () => {
      for (let body = bodies.next(); !body.done; body = bodies.next()) await this.#send(upload, body.value);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return upload;
  }

  cancel() {
    this.#abort.abort();
  }

  /** Seconds until all is sent, at the pace so far; null at first. */
  get secondsLeft() {
    const [done, seconds] = [this.sent - this.#resumed, (Date.now() - this.began) / 1000];
    return done > 0 && seconds > 0.5 ? (seconds / done) * (this.total - this.sent) : null;
  }

  /** Lists of parts {path, at, blob}, each list one body. A large file's pieces stay in order in one. */
  *#bodies(received) {
    let [body, size] = [[], 0];
    for (const { path, file } of this.files) {
      const at = Math.min(received[path.split("/").filter((part) => part && part !== ".").join("/")] ?? 0, file.size);
      if (at === file.size && file.size) {
        this.sent += file.size;
        this.#resumed += file.size;
        continue;
      }
      this.sent += at;
      this.#resumed += at;
      if (file.size - at > BODY) {
        yield { path, file, at }; // in pieces, one after the other
        continue;
      }
      body.push({ path, at, blob: file.slice(at) });
      size += file.size - at;
      if (size > BODY || body.length === MOST_PARTS) {
        yield body;
        [body, size] = [[], 0];
      }
    }
    if (body.length) yield body;
  }

  async #send(upload, body) {
    if (Array.isArray(body)) return this.#deliver(upload, body);
    for (let at = body.at; at < body.file.size; at += BODY)
      await this.#deliver(upload, [{ path: body.path, at, blob: body.file.slice(at, at + BODY) }]);
  }

  /** One body, tried again while the server does not answer. */
  async #deliver(upload, parts) {
    const blob = new Blob(parts.flatMap(({ path, at, blob: content }) => {
      const head = new TextEncoder().encode(JSON.stringify({ path, at, n: content.size }));
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, head.length);
      return [length, head, content];
    }));
    for (let tries = 1; ; tries++) {
      try {
        await this.server.send(`uploads/${upload}/parts`, blob, { signal: this.#abort.signal });
        break;
      } catch (error) {
        if (error.name === "AbortError" || error.final || tries === TRIES) throw error;
        await sleep(WAIT * tries);
      }
    }
    this.sent += parts.reduce((sum, part) => sum + part.blob.size, 0);
    this.changed();
  }
}
