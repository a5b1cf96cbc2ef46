/** How the chosen format is written: which examples, how sure, how right that is; the button; what was written. */

import { enable, h, icon, isEnabled, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { count, many, preciseShare, share } from "../shared/format.js";
import { pageAddress } from "../shared/page_address.js";

/** @typedef {import("../shared/api.js").ExportFormat} ExportFormat */
/** @typedef {import("../shared/api.js").ExportCount} ExportCount */
/** @typedef {import("../shared/api.js").ExportJob} ExportJob */
/** @typedef {import("../shared/api.js").ExportChoices["what"]} What */

/** @type {[what: What, title: string][]} */
const WHATS = [["all", "All"], ["labels", "Labels"], ["guesses", "Guesses"]];
/** @type {[images: import("../shared/api.js").ExportChoices["images"], title: string][]} */
const IMAGES = [["originals", "Originals"], ["copies", "Smaller copies"]];
const NAMED = "Your files by their own names and sizes, upright; they stay where they are. What has no file of its own is written.";
const WORDS = {
  all: "What people said and what the model guesses, in columns of their own.",
  labels: "Only what people said.", guesses: "Only what the model guesses where nobody said anything.",
};

export class ExportPanel {
  exports;
  title;
  whats;
  whatWords;
  sure;
  slider;
  sliderBox;
  junk;
  images;
  imageWords;
  imageBox;
  choices;
  value;
  valueWords;
  accuracy;
  figures;
  whole;
  error;
  button;
  bar;
  now;
  writing;
  done;
  doneTitle;

  /**
   * @param {HTMLElement} panel
   * @param {import("./exports.js").Exports} exports
   */
  constructor(panel, exports) {
    this.exports = exports;
    this.title = h("div.h");
    this.whats = WHATS.map(([what, title]) => h("button", { "data-testid": `what-${what}`, onclick: () => exports.set({ what }) }, title));
    this.whatWords = h("div.s");
    this.sure = h("b", { "data-testid": "confidence" });
    this.slider = h("input.slider", { type: "range", min: 0, max: 100, step: 1, value: 0, "aria-label": "Least confidence of a guess",
      "data-testid": "slider", oninput: () => exports.set({ min_confidence: Number(this.slider.value) / 100 }) });
    this.sliderBox = h("div.option", {}, h("div.row", {}, h("b", {}, "Least confidence of a guess"), h("span.sp"), this.sure), this.slider);
    this.junk = h("input", { type: "checkbox", "data-testid": "junk", onchange: () => exports.set({ with_junk: this.junk.checked }) });
    this.images = IMAGES.map(([images, title]) => h("button", { "data-testid": `images-${images}`, onclick: () => exports.setImages(images) }, title));
    this.imageWords = h("div.s", { "data-testid": "image-words" });
    this.imageBox = h("div.option", {}, h("div.row", {}, h("b", {}, "Image files"), h("span.sp"),
      h("div.seg", { role: "group", "aria-label": "Image files" }, ...this.images)), this.imageWords);
    this.choices = h("div", {}, h("div.option", {}, h("div.row", {}, h("b", {}, "Which"), h("span.sp"), h("div.seg", { role: "group", "aria-label": "Which" }, ...this.whats)), this.whatWords),
      this.sliderBox, h("label.option.row", {}, this.junk, "With images that were called junk"), this.imageBox);
    this.value = h("div.value", { "data-testid": "count" });
    this.valueWords = h("div.s");
    this.accuracy = h("div.accuracy.s", { "data-testid": "accuracy" });
    this.figures = h("div.option.counted", {}, this.value, this.valueWords, this.accuracy);
    this.whole = h("div.option.s");
    this.error = h("div.trouble", { role: "alert", "data-testid": "trouble" });
    this.button = h("button.btn.p.wide", { "data-testid": "export", onclick: () => isEnabled(this.button) && exports.begin() }, "Export");
    this.bar = h("i");
    this.now = h("span.s", { "data-testid": "writing" });
    this.writing = h("div.option", {}, h("div.bar", { role: "progressbar", "aria-label": "Writing" }, this.bar), h("div.row", {}, this.now, h("span.sp"),
      h("button.btn.small", { "data-testid": "cancel-export", onclick: () => exports.cancel() }, "Cancel")));
    this.done = h("div.written", { "data-testid": "written" });
    this.doneTitle = h("div.sub-title");
    panel.append(this.title, h("div.pad.scrolls", {}, this.choices, this.whole, this.figures, this.error, this.button, this.writing,
      this.doneTitle, this.done));
  }

  #drawn = "";
  #said = "";

  update() {
    const { exports } = this;
    const { format, error } = exports;
    if (!format) return;
    write(this.title, format.title);
    const { what, min_confidence: confidence, with_junk: junk } = exports.choices;
    show(this.choices, format.has_choices);
    pressOne(this.whats, WHATS.findIndex(([each]) => each === what));
    write(this.whatWords, WORDS[what]);
    show(this.sliderBox, what !== "labels");
    write(this.sure, confidence ? share(confidence) : "any");
    this.slider.value = String(Math.round(confidence * 100));
    this.slider.style.setProperty("--at", share(confidence));
    this.junk.checked = junk;
    this.#updateImages(format);
    show(this.whole, !format.has_choices);
    write(this.whole, wholeWords(format));
    show(this.figures, format.has_choices);
    if (exports.counted) this.#updateCount(exports.counted, format);
    const { job } = exports;
    const failed = job?.state === "failed" && job.format === format.name ? job.error : "";
    show(this.error, Boolean(error || failed));
    write(this.error, error || failed);
    this.#updateJob(format, job);
    this.#updateWritten();
  }

  /** @param {ExportFormat} format */
  #updateImages(format) {
    const { all, choices } = this.exports;
    const about = format.has_images ? all?.images : null;
    show(this.imageBox, Boolean(about));
    pressOne(this.images, IMAGES.findIndex(([images]) => images === choices.images));
    if (about) write(this.imageWords, format.name === "coco" && choices.images === "originals" ? NAMED : about[choices.images]);
  }

  /**
   * @param {ExportCount} counted
   * @param {ExportFormat} format
   */
  #updateCount(counted, format) {
    const { what } = this.exports.choices;
    const n = counted.labels + counted.guesses;
    write(this.value, `${count(n)} of ${count(counted.of)}`);
    const parts = [counted.labels && `${many(counted.labels, "label")} by people`, counted.guesses && `${count(counted.guesses)} guesses`].filter(Boolean);
    write(this.valueWords, `would get a class: ${parts.join(" and ") || "none"}.${restInWords(counted, format)}`);
    const said = JSON.stringify([what, counted.accuracy, counted.guesses > 0]);
    if (said === this.#said) return;
    this.#said = said;
    redraw(this.accuracy, () => this.accuracy.replaceChildren(...accuracyInWords(counted.accuracy, what, counted, this.exports.client.session)));
  }

  /**
   * @param {ExportFormat} format
   * @param {ExportJob | null} job
   */
  #updateJob(format, job) {
    const isWriting = this.exports.isWriting;
    const counted = this.exports.counted;
    const isNothing = format.has_choices && counted && !(format.only_with_class ? counted.labels + counted.guesses : counted.rows);
    const why = format.why_not || (isNothing ? "With these choices there is nothing to write" : "");
    show(this.button, !isWriting);
    show(this.writing, isWriting);
    enable(this.button, !why, why);
    if (!isWriting) return;
    if (!job || job.state !== "running") { // not answered yet
      this.bar.classList.add("unknown");
      return write(this.now, "starting");
    }
    const known = job.share > 0;
    this.bar.classList.toggle("unknown", !known);
    this.bar.style.width = known ? share(job.share) : "";
    write(this.now, `${job.message}${leftInWords(job, Date.now() / 1000 + this.exports.client.skew)}`);
  }

  #updateWritten() {
    const { all } = this.exports;
    if (!all) return;
    const drawn = JSON.stringify(all.exports);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    write(this.doneTitle, all.exports.length ? "Written" : "");
    redraw(this.done, () => this.done.replaceChildren(...all.exports.map((each) => this.#written(each))));
  }

  /** @param {import("../shared/api.js").Exported} exported */
  #written({ id, format, path, written_at: at, files, bytes, note }) {
    const known = this.exports.all?.formats.find(({ name }) => name === format);
    const page = known?.is_page ? h("a.btn.small", { href: this.exports.url(id, "page"), target: "_blank", rel: "noopener",
      "data-testid": "open-report" }, icon("open_in_new"), "Open") : null;
    return h("div.one-written", { "data-export": id }, h("div.row", {}, h("b", {}, known?.title ?? format),
      h("span.s", {}, `${when(at)}, ${many(files, "file")}, ${size(bytes)}`), h("span.sp"), page,
      h("a.btn.small", { href: this.exports.url(id, "zip"), download: "", "data-testid": "download" }, icon("download"), "Download")),
    note ? h("div.s.note", { "data-testid": "export-note" }, note) : null, h("div.mono.where", { title: "Where it lies on this computer" }, path));
  }
}

/**
 * @param {HTMLElement[]} buttons
 * @param {number} chosen which of them is pressed
 */
function pressOne(buttons, chosen) {
  buttons.forEach((button, k) => {
    button.classList.toggle("on", k === chosen);
    button.setAttribute("aria-pressed", String(k === chosen));
  });
}

/**
 * @param {ExportCount["accuracy"]} accuracy
 * @param {What} what
 * @param {ExportCount} counted
 * @param {string} session its id
 */
function accuracyInWords(accuracy, what, counted, session) {
  if (what === "labels") return ["These are people's labels; there is no guess among them."];
  if (!counted.guesses) return ["There is no guess among them."];
  if (!accuracy) {
    const link = h("a", { href: pageAddress("review", session), target: "_self" }, "Check some in Review");
    return ["How many of them are right is not known: nobody has checked any of these guesses. ", link, " to find out."];
  }
  return [h("b", {}, `${preciseShare(accuracy.share)} right`), ` by your audit, between ${(accuracy.low * 100).toFixed(1)} and `
    + `${preciseShare(accuracy.high)} with 95% confidence (${many(accuracy.of, "image")} checked`
    + `${what === "all" ? "; people's labels count as right" : ""}).`];
}

/** @param {ExportFormat} format */
function wholeWords(format) {
  if (format.why_not) return format.why_not;
  return format.is_page ? "One file that opens without a network: the map, what the model drew, the learning curve, the matrix and the audit."
    : "The model as it was last saved, at most 15 s ago, with its classes and a model card. It is checked to give the same numbers.";
}

/**
 * @param {ExportJob} job
 * @param {number} now the server's, seconds since 1970
 */
function leftInWords({ share: done, began }, now) {
  if (!done || done < 0.03) return "";
  const left = ((now - began) / done) * (1 - done);
  return left > 2 ? `, ${Math.ceil(left)} s left` : "";
}

/** @param {string} iso */
function when(iso) {
  const [at, today] = [new Date(iso), new Date()];
  const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return at.toDateString() === today.toDateString() ? `today ${time}`
    : `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * @param {ExportCount} counted
 * @param {ExportFormat} format
 */
function restInWords({ states, empty }, format) {
  const rest = states + empty;
  if (!rest) return "";
  const [thing, where] = format.only_with_class ? ["image", ", and so no folder: see labels.csv"] : ["row", ""];
  return rest === 1 ? ` One more ${thing} has none${where}.` : ` ${count(rest)} more ${thing}s have none${where}.`;
}
