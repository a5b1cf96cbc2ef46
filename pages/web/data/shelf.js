/**
 * The data sets and the import under way, as the server has them, and the verbs of the page.
 * Knows which set the report is about. Calls changed() after each change.
 */

import { chosen } from "./reading_box.js";
import { Upload, nameOf } from "./uploader.js";
import { pageAddress } from "../shared/page_address.js";

/** @typedef {import("../shared/api.js").ImportWish} ImportWish */
/** @typedef {import("./uploader.js").PathAndFile} PathAndFile */

const WHILE_READING = 250; // ms between two looks at an import
const WHILE_LEARNING = 1000;
const OTHERWISE = 4000; // somebody else may import too

/** An import that the server has not answered yet. */
const STARTING = /** @type {const} */ ({
  number: 0, state: "running", message: "starting", error: "", done: 0, total: null, taken: 0, skipped: 0,
  seconds: 0, seconds_left: null, set: null, map: null,
});

export class Shelf {
  server;
  changed;
  /** @type {import("../shared/api.js").DataAnswer | null} */
  all = null;
  /** @type {string | null} */
  shown = null; // id of the set that the report is about
  /** @type {import("../shared/api.js").Report | null} */
  report = null;
  /** @type {Upload | null} */
  upload = null; // under way
  isLooking = false; // through what was dropped
  error = ""; // what went wrong last, in words
  encoderError = ""; // why the shown set did not get an encoder, in words
  busy = ""; // id of the set that is being opened
  isLost = false; // the last look found no answer
  /** @type {"stop" | "go-on" | ""} */
  wish = ""; // for what is learned, while the server has not answered it

  /**
   * @param {import("../shared/http.js").Http} server
   * @param {() => void} changed
   */
  constructor(server, changed) {
    this.server = server;
    this.changed = changed;
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #seen = 0; // number of the last import whose end was noticed
  #looks = 0; // an answer counts only if no other look was begun since, and nothing was asked of the server
  #reports = 0; // the same for reports
  #isGone = false;
  #isOpening = false; // an encoder, at the last look

  get job() {
    return this.all?.import ?? null;
  }

  /** The map of what was imported, while it is being made. */
  get map() {
    return this.job?.map?.state === "running" ? this.job.map : null;
  }

  /** What is learned of a set's images before its session is opened; null before the first import. */
  get learning() {
    return this.all?.learning ?? null;
  }

  /** An encoder that is opened before a set gets it, or how that ended; null where there was none. */
  get encoderJob() {
    return this.all?.encoder ?? null;
  }

  get isBusy() {
    return this.isLooking || Boolean(this.upload) || this.job?.state === "running";
  }

  /** Why nothing else can be added now; "" if it can. */
  get whyBusy() {
    if (!this.isBusy) return "";
    return `${this.upload?.name || this.job?.name || "Something"} is being read. Wait, or cancel it first.`;
  }

  start() {
    return this.#look();
  }

  /** The first answer has come: shows what was imported last. */
  #begun() {
    this.#seen = this.job && this.job.state !== "running" ? this.job.number : 0;
    if (!this.shown && this.job?.state !== "running") this.show(this.job?.set ?? this.all?.sets[0]?.id ?? null);
  }

  stop() {
    this.#isGone = true;
    this.upload?.cancel();
    clearTimeout(this.#timer);
  }

  /** @param {string} id */
  set(id) {
    return this.all?.sets.find((each) => each.id === id) ?? null;
  }

  /**
   * Shows the report of a set; null shows none.
   * @param {string | null} id
   */
  async show(id) {
    if (this.shown !== id) this.encoderError = "";
    this.shown = id;
    if (this.report?.id !== id) this.report = null;
    this.changed();
    const asked = (this.#reports += 1);
    if (!id) return;
    const report = await this.#try(() => this.server.get(`sets/${encodeURIComponent(id)}/report`));
    if (report && asked === this.#reports) this.report = report;
    this.changed();
  }

  /**
   * take() for what was dropped, whose folders are still to be walked through.
   * @param {Promise<PathAndFile[]>} walking
   */
  async takeDropped(walking) {
    if (this.isBusy) return this.#fail(this.whyBusy);
    this.isLooking = true;
    this.changed();
    const files = await walking.catch(() => /** @type {PathAndFile[]} */ ([]));
    this.isLooking = false;
    await this.take(files);
  }

  /**
   * Copies files to the server and imports them.
   * @param {PathAndFile[]} files
   * @param {string} to id of the set that they are added to; "" for a new one
   * @returns {Promise<void>}
   */
  async take(files, to = "") {
    if (this.isBusy) return this.#fail(this.whyBusy);
    if (!files.length) return this.#fail("There was no file in what you dropped.");
    this.error = "";
    const upload = new Upload(this.server, files, this.changed);
    upload.name = (to && this.set(to)?.name) || nameOf(files);
    this.upload = upload;
    this.changed();
    const id = await this.#try(() => upload.run());
    this.upload = null;
    if (id) await this.#begin({ upload: id, name: nameOf(files), to });
    this.changed();
  }

  /**
   * Imports what lies at a path of the server's computer.
   * @param {string} path
   * @param {string} to as of take()
   */
  read(path, to = "") {
    return this.#begin({ path, to });
  }

  /**
   * Reads the source of the shown set once more, with other channels or another side.
   * @param {{side?: number, channels?: string}} choices
   */
  async again(choices) {
    if (!this.report) return;
    const { id, role, policy, reading } = this.report;
    await this.#begin({ again: id, role, side: policy.side, channels: this.report.channels || "auto", reading: chosen(reading), ...choices });
  }

  /**
   * Reads the source of the shown set once more, another way; what its images are like is found anew.
   * @param {string} name of an option of the report's reading
   * @param {string} value
   */
  async readAs(name, value) {
    if (!this.report) return;
    const { id, role, reading } = this.report;
    await this.#begin({ again: id, role, reading: chosen(reading, name, value) });
  }

  /**
   * Joins a data set to another as a domain; a session on the other may go on with both.
   * @param {{set: string, of: string, as_they_are: boolean, session: string}} wish
   */
  join(wish) {
    return this.#begin({ ...wish, name: "the two" }, "joining");
  }

  /**
   * @param {ImportWish & {of?: string, set?: string, session?: string, as_they_are?: boolean}} wish
   * @param {string} path
   */
  async #begin(wish, path = "imports") {
    if (this.isBusy) return this.#fail(this.whyBusy);
    this.error = "";
    this.#lookLater(); // what a look of before finds is of the import before
    const name = wish.name || wish.path || this.report?.name || "";
    if (this.all) this.all.import = { ...STARTING, name, adds: Boolean(wish.to) };
    this.changed();
    const state = await this.#try(() => this.#inTurn(() => this.server.post(path, wish)));
    if (state && this.all) this.all.import = state;
    this.changed();
    await this.#look();
  }

  async cancel() {
    if (this.upload) {
      this.upload.cancel();
      return;
    }
    await this.#try(() => this.#inTurn(() => this.server.post("imports/cancel")));
  }

  /**
   * Goes to the label page, on a new session, or with `last` on the newest that there is.
   * @param {string} id of a set
   */
  async open(id, last = false) {
    if (this.busy) return;
    this.busy = id;
    this.changed();
    const found = await this.#try(() => this.server.post(`sets/${encodeURIComponent(id)}/open`, { last }));
    if (found) location.href = pageAddress("", found.session);
    else this.busy = "";
    this.changed();
  }

  /** @param {import("../shared/api.js").ClassRole} role of the shown set's classes */
  async setRole(role) {
    if (!this.report) return;
    const { id } = this.report;
    this.report.role = role; // at once
    this.#reports += 1; // one that is on its way tells the role of before
    this.changed();
    await this.#try(() => this.#inTurn(() => this.server.post(`sets/${id}/role`, { role })));
    if (this.report?.id === id && this.report.role !== role) return; // another was chosen since
    await this.show(id);
    await this.#look();
  }

  /**
   * Gives the shown set another encoder; the network is used only for what `network` says.
   * @param {string} encoder "auto", "onnx:FILE"
   * @param {"none" | "ask" | "download"} network
   */
  async setEncoder(encoder, network = "none") {
    if (!this.report) return;
    const { id } = this.report;
    this.encoderError = "";
    try {
      await this.server.post(`sets/${encodeURIComponent(id)}/encoder`, { encoder, network });
    } catch (failed) {
      this.encoderError = /** @type {Error} */ (failed).message;
    }
    await this.#look();
    await this.show(id);
  }

  /** Lets the encoder go that is being opened, and does without what it lacks. */
  async cancelEncoder() {
    this.encoderError = "";
    await this.#try(() => this.server.post("encoder/cancel"));
    await this.#look();
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  async rename(id, name) {
    await this.#try(() => this.server.post(`sets/${id}/rename`, { name }));
    await this.#look();
    if (this.shown === id) await this.show(id);
  }

  /** @param {string} id */
  async remove(id) {
    await this.#try(() => this.server.post(`sets/${id}/delete`));
    await this.#look();
    if (this.shown === id) await this.show(this.all?.sets[0]?.id ?? null);
  }

  /**
   * The files of the shown set that were left out; null where that cannot be read.
   * @param {string} reason "" for any
   * @returns {Promise<import("../shared/api.js").SkippedAnswer | null>}
   */
  skipped(reason) {
    return this.#try(() => this.server.get(`sets/${this.shown}/skipped?reason=${reason}`));
  }

  /**
   * Pixels of examples, one after the other.
   * @param {string} id of a set
   * @param {number[]} examples
   */
  images(id, examples) {
    return this.server.bytes(`sets/${encodeURIComponent(id)}/images?ids=${examples.join(",")}`);
  }

  /**
   * Stops what is learned, or lets it go on.
   * @param {"stop" | "go-on"} wish
   */
  async learn(wish) {
    if (this.wish) return;
    this.wish = wish;
    this.changed();
    await this.#try(() => this.server.post(`learning/${wish}`));
    await this.#look();
    this.wish = "";
    this.changed();
  }

  /** Places on the map that forms, two numbers each. */
  async places() {
    return new Float32Array((await this.server.bytes("learning/places")).buffer);
  }

  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * What a person chose first reaches the server first.
   * @template Value
   * @param {() => Promise<Value>} action
   * @returns {Promise<Value>}
   */
  #inTurn(action) {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    return done;
  }

  /** @param {string} sentence */
  #fail(sentence) {
    this.error = sentence;
    this.changed();
  }

  /**
   * What the action resolves to; null where it failed, and then `error` says why.
   * @template Value
   * @param {() => Promise<Value>} action
   */
  async #try(action) {
    try {
      return await action();
    } catch (failed) {
      const { name, message } = /** @type {Error} */ (failed);
      if (name !== "AbortError") this.#fail(message);
      return null;
    }
  }

  /** Nothing is looked at until somebody does; what a look under way finds counts no more. */
  #lookLater() {
    clearTimeout(this.#timer);
    return (this.#looks += 1);
  }

  async #look() {
    const look = this.#lookLater();
    const all = await this.server.get().catch(() => null);
    if (this.#isGone || look !== this.#looks) return;
    this.isLost = !all;
    const isFirst = all && !this.all;
    if (all) this.all = all;
    if (isFirst) this.#begun();
    const { job, encoderJob } = this;
    const wasOpening = this.#isOpening;
    this.#isOpening = encoderJob?.state === "running";
    if (wasOpening && !this.#isOpening && encoderJob?.set === this.shown) this.show(this.shown);
    if (job && job.state !== "running" && job.number !== this.#seen) {
      this.#seen = job.number;
      if (job.state === "failed") this.error = job.error;
      if (job.set) this.show(job.set);
    }
    if (job?.map?.error) this.error = job.map.error;
    this.changed();
    const isLearning = this.learning?.state === "learning";
    const pause = job?.state === "running" || this.map || this.#isOpening ? WHILE_READING : isLearning ? WHILE_LEARNING : OTHERWISE;
    this.#timer = setTimeout(() => this.#look(), pause);
  }
}
