/**
 * Files from the browser to the server, in bodies of a few megabytes: many small files in one, large
 * ones in pieces. A piece that does not arrive is sent again; the same files dropped once more go on
 * where they stopped.
 */

import { sleep } from "../shared/backoff.js";
import { HttpError } from "../shared/http.js";

const BODY = 4 << 20; // bytes; the server takes 8 MB
const MOST_PARTS = 500; // in one body
const LANES = 2; // bodies under way
const TRIES = 6;
const WAIT = 1000; // ms before the second try, longer before each further one

/** @typedef {{path: string, file: File}} PathAndFile a file, and where it lies below what was dropped */
/** @typedef {{path: string, at: number, blob: Blob}} Part bytes of a file, from the byte `at` on */
/** @typedef {{path: string, at: number, file: File}} LargeFile what is to be sent of it, from the byte `at` on */

/**
 * What was dropped; folders are walked through.
 * @param {DataTransfer} transfer
 * @returns {Promise<PathAndFile[]>}
 */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => !!entry);
  if (!entries.length) return chosen(transfer.files);
  /** @type {PathAndFile[]} */
  const found = [];
  await Promise.all(entries.map((entry) => walk(entry, found)));
  return found;
}

/**
 * What was chosen in a dialog.
 * @param {FileList | null} files
 * @returns {PathAndFile[]}
 */
export function chosen(files) {
  return [...files ?? []].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/**
 * @param {FileSystemEntry} entry
 * @param {PathAndFile[]} found gets the files below it
 */
async function walk(entry, found) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await fileOf(/** @type {FileSystemFileEntry} */ (entry)).catch(() => null);
    if (file) found.push({ path, file });
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) { // a reader gives about 100 entries at a time
    const some = await nextEntries(reader).catch(() => []);
    if (!some.length) return;
    await Promise.all(some.map((inside) => walk(inside, found)));
  }
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File>}
 */
const fileOf = (entry) => new Promise((done, fail) => entry.file(done, fail));

/**
 * @param {FileSystemDirectoryReader} reader
 * @returns {Promise<FileSystemEntry[]>}
 */
const nextEntries = (reader) => new Promise((done, fail) => reader.readEntries(done, fail));

/**
 * The name of what was dropped: its one folder or file, else "images".
 * @param {PathAndFile[]} files
 */
export function nameOf(files) {
  const tops = new Set(files.map(({ path }) => path.split("/")[0]));
  if (tops.size !== 1) return "images";
  const [top] = tops;
  return files.length === 1 && files[0].path === top ? top.replace(/\.[^.]+$/, "") || top : top;
}

export class Upload {
  server;
  files;
  changed;
  name = ""; // of what it is, for the page
  total; // bytes
  sent = 0;
  began = Date.now(); // ms

  /**
   * @param {import("../shared/http.js").Http} server
   * @param {PathAndFile[]} files
   * @param {() => void} changed called after each body that arrived: see `sent`, `total`
   */
  constructor(server, files, changed) {
    this.server = server;
    this.files = files;
    this.changed = changed;
    this.total = files.reduce((sum, { file }) => sum + file.size, 0);
  }

  #abort = new AbortController();
  #resumed = 0; // bytes that the server had before

  /**
   * Sends everything, and resolves to the upload's id.
   * @returns {Promise<string>}
   */
  async run() {
    /** @type {import("../shared/api.js").UploadAnswer} */
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

  /**
   * Lists of parts, each list one body. A large file comes alone: its pieces stay in order in one lane.
   * @param {Record<string, number>} received
   * @returns {Generator<Part[] | LargeFile, void>}
   */
  *#bodies(received) {
    /** @type {[Part[], number]} */
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

  /**
   * @param {string} upload
   * @param {Part[] | LargeFile} body
   */
  async #send(upload, body) {
    if (Array.isArray(body)) return this.#deliver(upload, body);
    for (let at = body.at; at < body.file.size; at += BODY)
      await this.#deliver(upload, [{ path: body.path, at, blob: body.file.slice(at, at + BODY) }]);
  }

  /**
   * One body, tried again while the server does not answer.
   * @param {string} upload
   * @param {Part[]} parts
   */
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
        // A full disk says what to do, and trying on would only delay that.
        const isFinal = error instanceof HttpError && (error.final || error.status === 507);
        if (this.#abort.signal.aborted || isFinal || tries === TRIES) throw error;
        await sleep(WAIT * tries);
      }
    }
    this.sent += parts.reduce((sum, part) => sum + part.blob.size, 0);
    this.changed();
  }
}
