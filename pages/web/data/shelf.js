// @ts-nocheck (its types are not written yet)
/**
 * The data sets and the import under way, as the server has them, and the verbs of the page.
 * Knows which set the report is about. Calls changed() after each change.
 */

import { Upload, nameOf } from "./uploader.js";

const WHILE_READING = 250; // ms between two looks at an import
const WHILE_LEARNING = 1000;
const OTHERWISE = 4000; // somebody else may import too

export class Shelf {
  constructor(server, changed) {
    Object.assign(this, { server, changed });
    this.all = null; // the answer of /api/data
    this.shown = null; // id of the set that the report is about
    this.report = null;
    this.upload = null; // Upload under way
    this.isLooking = false; // through what was dropped
    this.error = ""; // what went wrong last, in words
    this.busy = ""; // id of the set that is being opened
    this.isLost = false; // the last look found no answer
  }

  #timer = 0;
  #seen = 0; // number of the last import whose end was noticed
  #isGone = false;

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

  get isBusy() {
    return this.isLooking || Boolean(this.upload) || this.job?.state === "running";
  }

  start() {
    return this.#look();
  }

  /** The first answer has come: shows what was imported last. */
  #begun() {
    this.#seen = this.job && this.job.state !== "running" ? this.job.number : 0;
    if (!this.shown && this.job?.state !== "running") this.show(this.job?.set ?? this.all.sets[0]?.id ?? null);
  }

  stop() {
    this.#isGone = true;
    this.upload?.cancel();
    clearTimeout(this.#timer);
  }

  set(id) {
    return this.all?.sets.find((each) => each.id === id) ?? null;
  }

  /** Shows the report of a set; null shows none. */
  async show(id) {
    this.shown = id;
    if (this.report?.id !== id) this.report = null;
    this.changed();
    if (!id) return;
    const report = await this.#try(() => this.server.get(`sets/${encodeURIComponent(id)}/report`));
    if (report && this.shown === id) this.report = report;
    this.changed();
  }

  /** The same for what was dropped, whose folders are still to be walked through. */
  async takeDropped(walking) {
    this.isLooking = true;
    this.changed();
    const files = await walking.catch(() => []);
    this.isLooking = false;
    await this.take(files);
  }

  /** Copies files to the server and imports them; `to` is the set that they are added to. */
  async take(files, to = "") {
    if (this.isBusy) return;
    if (!files.length) return this.#fail("There was no file in what you dropped.");
    this.error = "";
    this.upload = new Upload(this.server, files, this.changed);
    this.upload.name = to ? this.set(to).name : nameOf(files);
    this.changed();
    const upload = await this.#try(() => this.upload.run());
    this.upload = null;
    if (upload) await this.#begin({ upload, name: nameOf(files), to });
    this.changed();
  }

  read(path, to = "") {
    return this.#begin({ path, to });
  }

  /** Reads a set's source once more, with other channels or another side. */
  again(choices) {
    const { id, role, policy } = this.report;
    return this.#begin({ again: id, role, side: policy.side, channels: this.report.channels || "auto", ...choices });
  }

  async #begin(wish) {
    this.error = "";
    const name = wish.name || wish.path || this.report?.name || "";
    this.all.import = { state: "running", number: 0, name, adds: Boolean(wish.to), message: "starting", done: 0 };
    this.changed();
    const state = await this.#try(() => this.server.post("imports", wish));
    if (state) this.all.import = state;
    this.changed();
    await this.#look();
  }

  async cancel() {
    if (this.upload) {
      this.upload.cancel();
      return;
    }
    await this.#try(() => this.server.post("imports/cancel"));
  }

  /** Goes to the label page, on a new session, or with `last` on the newest that there is. */
  async open(id, last = false) {
    if (this.busy) return;
    this.busy = id;
    this.changed();
    const found = await this.#try(() => this.server.post(`sets/${encodeURIComponent(id)}/open`, { last }));
    if (found) location.href = `/?session=${encodeURIComponent(found.session)}`;
    else this.busy = "";
    this.changed();
  }

  async setRole(role) {
    const { id } = this.report;
    this.report.role = role; // at once
    this.changed();
    await this.#try(() => this.server.post(`sets/${id}/role`, { role }));
    await this.show(id);
    await this.#look();
  }

  async rename(id, name) {
    await this.#try(() => this.server.post(`sets/${id}/rename`, { name }));
    await this.#look();
    if (this.shown === id) await this.show(id);
  }

  async remove(id) {
    await this.#try(() => this.server.post(`sets/${id}/delete`));
    await this.#look();
    if (this.shown === id) await this.show(this.all.sets[0]?.id ?? null);
  }

  skipped(reason) {
    return this.#try(() => this.server.get(`sets/${this.shown}/skipped?reason=${reason}`));
  }

  images(id, examples) {
    return this.server.bytes(`sets/${encodeURIComponent(id)}/images?ids=${examples.join(",")}`);
  }

  /** Stops what is learned, or lets it go on. */
  async learn(wish) {
    await this.#try(() => this.server.post(`learning/${wish}`));
    await this.#look();
  }

  /** Places on the map that forms, two numbers each. */
  async places() {
    return new Float32Array((await this.server.bytes("learning/places")).buffer);
  }

  #fail(sentence) {
    this.error = sentence;
    this.changed();
  }

  async #try(action) {
    try {
      return await action();
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(error.message);
      return null;
    }
  }

  async #look() {
    clearTimeout(this.#timer);
    const all = await this.server.get().catch(() => null);
    if (this.#isGone) return;
    this.isLost = !all;
    const isFirst = all && !this.all;
    if (all) this.all = all;
    if (isFirst) this.#begun();
    const { job } = this;
    if (job && job.state !== "running" && job.number !== this.#seen) {
      this.#seen = job.number;
      if (job.state === "failed") this.error = job.error;
      if (job.set) this.show(job.set);
    }
    if (job?.map?.error) this.error = job.map.error;
    this.changed();
    const isLearning = this.learning?.state === "learning";
    const pause = job?.state === "running" || this.map ? WHILE_READING : isLearning ? WHILE_LEARNING : OTHERWISE;
    this.#timer = setTimeout(() => this.#look(), pause);
  }
}
