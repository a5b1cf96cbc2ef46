/** The right side: how far an import is, then what it took, what it left out, and how it will be seen. */

import { h, icon, key, show, write } from "../shared/dom.js";
import { count, many, share, wholeAge } from "../shared/format.js";
import { ChoicesBox } from "./choices_box.js";
import { MapBox } from "./map_box.js";
import { PreviewBox } from "./preview_box.js";
import { ReadingBox } from "./reading_box.js";
import { SkippedBox } from "./skipped_box.js";

export class ReportPanel {
  shelf;
  empty;
  reading;
  report;
  skipped;
  readAs;
  choices;
  forming;
  preview;
  fetching = h("div.reading.s", { role: "status" }, "Reading the report.");

  now = h("div.now", { "data-testid": "reading" });
  bar = h("i");
  how = h("div.s", { "data-testid": "reading-words" });
  note = h("div.s");
  cancel = h("button.btn", { "data-testid": "cancel-import", onclick: () => this.shelf.cancel() }, "Cancel");

  title = h("span.title", { "data-testid": "report-title" });
  headline = h("span.s", { "data-testid": "headline" });
  csv = h("a.btn", { "data-testid": "report-csv", download: "" }, icon("download"), "Report as CSV");
  mapWord = h("span");
  map = h("button.btn.p", { "data-testid": "open-map", onclick: () => this.openMap() }, this.mapWord, key("↵"));
  figures = h("div.figures", { "data-testid": "figures" });
  warning = h("div.fitted.warning", { "data-testid": "warning" }, icon("warning"), h("span"));
  fitted = h("div.s.fitted", { "data-testid": "fitted" });

  /**
   * @param {HTMLElement} panel
   * @param {import("./shelf.js").Shelf} shelf
   */
  constructor(panel, shelf) {
    this.shelf = shelf;
    this.skipped = new SkippedBox(shelf);
    this.readAs = new ReadingBox(shelf);
    this.choices = new ChoicesBox(shelf);
    this.forming = new MapBox(shelf);
    this.preview = new PreviewBox(shelf);
    this.empty = emptyState();
    this.reading = this.#readingState();
    this.report = this.#reportState();
    panel.append(this.empty, this.reading, this.report, this.fetching);
  }

  #readingState() {
    return h("div.reading", {}, this.now, h("div.bar", { role: "progressbar", "aria-label": "How much is read" }, this.bar), this.how, this.note, this.cancel);
  }

  #reportState() {
    return h("div.report-body", {}, h("div.head", {}, icon("check_circle"), this.title, this.headline, h("span.sp"),
      this.csv, this.map), this.figures, this.warning, this.fitted,
    h("div.halves", {}, h("div", {}, this.skipped.element, this.readAs.element, this.forming.element), this.choices.element), this.preview.element);
  }

  /** True if there is a map to open. */
  openMap() {
    if (!this.shelf.report || this.report.hidden) return false;
    this.shelf.open(this.shelf.report.id);
    return true;
  }

  update() {
    const { upload, job, report, shown, isBusy: isReading } = this.shelf;
    show(this.reading, isReading);
    show(this.report, !isReading && Boolean(report));
    show(this.empty, !isReading && !shown);
    show(this.fetching, !isReading && Boolean(shown) && !report && !this.shelf.error);
    if (isReading) this.#updateReading(upload, job);
    else if (report) this.#updateReport(report);
  }

  /**
   * @param {import("./uploader.js").Upload | null} upload
   * @param {import("../shared/api.js").ImportJob | null} job
   */
  #updateReading(upload, job) {
    show(this.cancel, !this.shelf.isLooking);
    if (this.shelf.isLooking) {
      write(this.now, "Looking through what you dropped");
      this.#fill(null);
      write(this.how, "");
      write(this.note, "");
      return;
    }
    if (upload) {
      const done = upload.total ? upload.sent / upload.total : 0;
      write(this.now, `Copying ${upload.name} to the workspace`);
      this.#fill(done);
      write(this.how, `${megabytes(upload.sent)} of ${megabytes(upload.total)}, ${many(upload.files.length, "file")}${left(upload.secondsLeft)}`);
      write(this.note, "Stay on this page until they are copied. If it breaks off, drop the same files again: it goes on from there.");
      return;
    }
    if (!job) return;
    write(this.now, `${job.adds ? "Adding to" : "Reading"} ${job.name}`);
    this.#fill(job.total ? job.done / job.total : null);
    const of = job.total ? ` of ${count(job.total)}` : "";
    write(this.how, job.done ? `${count(job.done)}${of} files, ${count(job.taken)} taken, ${count(job.skipped)} skipped${left(job.seconds_left)}`
      : `${job.message}…`);
    write(this.note, "You may leave this page; it goes on. Nothing is shown before all of it is read.");
  }

  /** @param {number | null} done a share; null where it is not known */
  #fill(done) {
    this.bar.classList.toggle("unknown", done === null);
    this.bar.style.width = done === null ? "" : share(done);
  }

  /** @param {import("../shared/api.js").Report} report */
  #updateReport(report) {
    const { busy } = this.shelf;
    write(this.title, `${report.name} is read`);
    write(this.headline, report.headline);
    this.headline.title = report.headline;
    this.csv.href = this.shelf.server.url(`sets/${report.id}/report.csv`);
    write(this.mapWord, busy === report.id ? "Opening…" : "Open the map");
    const folders = report.class_names.length;
    const kind = report.are_texts ? "text" : report.kind;
    const what = report.from_folders ? `${folders === 1 ? "folder" : "folders"}, one a class` : folders ? "classes" : "classes found";
    this.figures.replaceChildren(
      figure(count(report.n), report.earlier ? `${kind}s, ${count(report.earlier)} of them from before` : `${kind}s`),
      figure(report.kind === "vector" ? count(report.shape[0]) : report.shape_in_words,
        report.are_texts ? "numbers embed each" : report.kind === "vector" ? "numbers each" : report.sizes_in_words),
      figure(count(folders), what),
      figure(count(report.n_skipped), `${report.kind === "vector" ? "rows" : "files"} skipped${report.n_duplicates
        ? `, ${count(report.n_duplicates)} as duplicates` : ""}`));
    show(this.warning, report.warnings.length > 0);
    write(/** @type {HTMLElement} */ (this.warning.lastElementChild), report.warnings.join(" "));
    write(this.fitted, report.fitted);
    this.skipped.update(report);
    this.readAs.update(report);
    this.choices.update(report);
    this.forming.update(report);
    this.preview.update(report);
  }
}

/**
 * @param {string} value
 * @param {string} words
 */
function figure(value, words) {
  return h("div.figure", {}, h("div.value", {}, value), h("div.s", {}, words));
}

/** @param {number | null} seconds */
function left(seconds) {
  return seconds === null ? "" : `, ${wholeAge(seconds)} left`;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

function emptyState() {
  const steps = [["upload", "Drop images", "A folder, a zip or single files, of any size. Tables of numbers too."],
    ["fact_check", "See what was taken", "Broken, double and foreign files are left out, each with its reason."],
    ["scatter_plot", "Open the map", "The model begins to sort them at once; a few labels tell it the classes."]];
  return h("div.empty", { "data-testid": "empty" }, h("div.title", {}, "Nothing imported yet"),
    h("div.s", {}, "What you add is read on this computer and stays on it."),
    h("div.steps", {}, ...steps.map(([name, title, words]) => h("div.step-card", {}, icon(name), h("b", {}, title), h("div.s", {}, words)))));
}
