/** The encoder of the set that is shown: what it is, another one, and whether its weights may be fetched. */

import { h, icon, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { capital } from "../shared/format.js";
import { EncoderMenu, meantByAuto, titleOf } from "./encoder_menu.js";

/** @typedef {import("../shared/api.js").Report} Report */
/** @typedef {import("../shared/api.js").EncoderJob} EncoderJob */

export class EncoderBox {
  shelf;
  menu;
  name = h("span.chosen");
  button = h("button.btn.pick-encoder", { "aria-haspopup": "dialog", "data-testid": "encoder", onclick: () => this.#open() },
    this.name, icon("arrow_drop_down"));
  about = h("div.s.note", { "data-testid": "encoder-about" });
  why = h("span.s");
  again = h("button.btn.small", { "data-testid": "encoder-again", onclick: () => this.#again() }, "Encode anew");
  changed = h("div.changed", { role: "status", "data-testid": "encoder-changed" }, this.why, this.again);
  doing = h("span.s");
  cancel = h("button.btn.small", { "data-testid": "encoder-cancel", onclick: () => this.shelf.cancelEncoder() }, "Cancel");
  opening = h("div.row.opening", { role: "status", "data-testid": "encoder-opening" }, this.doing, h("span.sp"), this.cancel);
  failed = h("div.trouble", { role: "alert", "data-testid": "encoder-trouble" });
  download = h("div.download", { role: "group", "aria-label": "Weights to download", "data-testid": "encoder-download" });
  element = h("div.encoder", {}, h("div.row", {}, h("span.s", {}, "Encoder"), h("span.sp"), this.button),
    this.about, this.changed, this.opening, this.failed, this.download);

  /** @param {import("./shelf.js").Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf;
    this.menu = new EncoderMenu((encoder) => shelf.setEncoder(encoder));
  }

  /** @type {Report | null} */
  #report = null;
  #drawn = "";

  #open() {
    if (this.#report) this.menu.open(this.button, this.#report.encoder);
  }

  /** The encoder that the set has, opened again: its features are worked out anew where it is another. */
  #again() {
    if (this.#report) this.shelf.setEncoder(this.#report.encoder.choice);
  }

  /** @param {Report} report */
  update(report) {
    this.#report = report;
    const { encoder } = report;
    show(this.element, !report.are_texts && (report.kind === "image" || encoder.n_features > 0));
    const title = titleOf(encoder, encoder.choice);
    write(this.name, title);
    this.name.title = encoder.choice;
    write(this.about, aboutOf(encoder));
    show(this.changed, Boolean(encoder.changed));
    write(this.why, encoder.changed);
    this.#updateJob(this.shelf.encoderJob?.set === report.id ? this.shelf.encoderJob : null);
  }

  /** @param {EncoderJob | null} job */
  #updateJob(job) {
    const isOpening = job?.state === "running";
    show(this.opening, isOpening);
    write(this.doing, isOpening ? `${capital(job.message)}…` : "");
    const error = this.shelf.encoderError || (job?.state === "failed" ? job.error : "");
    show(this.failed, Boolean(error));
    write(this.failed, error);
    const wanted = isOpening ? null : job?.download ?? null;
    show(this.download, Boolean(wanted));
    const drawn = JSON.stringify([wanted, job?.network]);
    if (!job || !wanted || drawn === this.#drawn) return;
    this.#drawn = drawn;
    const isAsked = job.network !== "none";
    const facts = [["Weights", wanted.what], ["From", wanted.where],
      ...(isAsked ? [["Size", wanted.size === null ? "not stated" : megabytes(wanted.size)], ["Licence", wanted.licence || "not stated"]] : [])];
    const next = (/** @type {"ask" | "download"} */ network) => () => this.shelf.setEncoder(job.encoder, network);
    redraw(this.download, () => this.download.replaceChildren(h("b", {}, "These weights are not on this computer"),
      h("dl", {}, ...facts.flatMap(([name, value]) => [h("dt.s", {}, name), h("dd", { title: value }, value)])),
      h("div.s", {}, isAsked ? "Only they are fetched, once. Your images stay on this computer."
        : "Nothing was asked yet: how large they are and under which licence, that address knows."),
      h("div.row", {}, h("span.sp"),
        h("button.btn.small", { "data-testid": "download-no", onclick: () => this.shelf.cancelEncoder() }, "Leave it"),
        isAsked ? h("button.btn.small.p", { "data-testid": "download-yes", onclick: next("download") }, icon("download"), "Download")
          : h("button.btn.small.p", { "data-testid": "download-ask", onclick: next("ask") }, "Ask there"))));
  }
}

/**
 * What the choice means for this set, in a sentence.
 * @param {import("../shared/api.js").EncoderChoice} encoder
 */
function aboutOf(encoder) {
  const { choice, stands_for, n_features, options } = encoder;
  const meant = choice === "auto" ? stands_for : choice;
  const name = meant.split(":")[0];
  if (name === "features") return `The ${n_features} numbers of each image that came with them say which are alike.`;
  if (choice === "auto") return meantByAuto(encoder).map(({ title, about }) => `${title}: ${about}.`).join(" Beside it, ");
  const found = options.find((option) => option.name === name);
  if (!found) return "";
  const argument = meant.slice(name.length + 1);
  const sentence = `${capital(found.about)}.`;
  return argument ? `${sentence} ${argument}` : sentence;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
