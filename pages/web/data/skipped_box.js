/** "Skipped files": by reason, with the first names; Show lists all of one reason. */

import { h, icon, show, write } from "../shared/dom.js";
import { count } from "../shared/format.js";

/** @type {Record<string, [icon: string, kind: "bad" | "warn" | ""]>} */
const ICONS = {
  contradiction: ["compare_arrows", "bad"], broken: ["broken_image", "bad"], duplicate: ["content_copy", "warn"],
  "not-image": ["block", ""], "too-large": ["photo_size_select_large", "warn"], "no-permission": ["lock", "bad"],
  missing: ["search_off", "warn"], vanished: ["question_mark", "warn"], encrypted: ["key", "warn"], "bad-row": ["table_rows", "bad"],
  "other-format": ["sync_alt", "warn"],
};

/** @typedef {import("../shared/api.js").Report} Report */

export class SkippedBox {
  shelf;
  byReason;
  everything;
  seg;
  rows;
  element;
  /** @type {Report | null} */
  report = null;

  /** @param {import("./shelf.js").Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf;
    this.byReason = h("button", { onclick: () => this.#choose(null) }, "By reason");
    this.everything = h("button", { "data-testid": "skipped-all", onclick: () => this.#choose("") });
    this.seg = h("div.seg", { role: "group", "aria-label": "Skipped files" }, this.byReason, this.everything);
    this.rows = h("div.rows", { "data-testid": "skipped" });
    this.element = h("div.half.skipped", {}, h("div.row.half-head", {}, h("b", {}, "Skipped files"), h("span.sp"), this.seg), this.rows);
  }

  /** @type {string | null} */
  #reason = null; // null: by reason; "": all files; else the files of one reason
  #drawn = "";

  /** @param {Report} report */
  update(report) {
    const drawn = `${report.id} ${this.#reason}`;
    if (drawn === this.#drawn) return;
    if (report.id !== this.#drawn.split(" ")[0]) this.#reason = null;
    this.#drawn = `${report.id} ${this.#reason}`;
    this.report = report;
    show(this.seg, report.n_skipped > 0);
    write(this.everything, `All ${count(report.n_skipped)}`);
    this.byReason.classList.toggle("on", this.#reason === null);
    this.everything.classList.toggle("on", this.#reason !== null);
    this.byReason.setAttribute("aria-pressed", String(this.#reason === null));
    this.everything.setAttribute("aria-pressed", String(this.#reason !== null));
    if (!report.n_skipped) {
      const more = report.sentences.map((sentence) => h("div.s", {}, sentence));
      this.rows.replaceChildren(h("div.none-skipped", {}, h("div", {}, "Every file was taken."), ...more));
    } else if (this.#reason === null) this.#drawReasons(report);
    else this.#drawFiles(this.#reason);
  }

  /** @param {string | null} reason */
  #choose(reason) {
    this.#reason = reason;
    if (this.report) this.update(this.report);
  }

  /** @param {Report} report */
  #drawReasons(report) {
    const groups = Object.entries(report.skipped);
    const rows = groups.map(([reason, { title, about, n, files }]) => {
      const [name, kind] = ICONS[reason] ?? ["help", ""];
      const names = files.map(([file]) => file).join(", ");
      const rest = n - files.length;
      return h("div.skip", { "data-reason": reason }, h(`span.sign${kind ? `.${kind}` : ""}`, {}, icon(name)),
        h("div.why-skipped", {}, h("b", {}, title), h("div.s", {}, about)), h("b.n", {}, count(n)),
        h("span.which", { title: names }, h("span.mono", {}, names), rest > 0 ? h("span.s", {}, ` +${count(rest)}`) : null),
        h("button.link", { onclick: () => this.#choose(reason) }, "Show"));
    });
    const notes = report.sentences.map((sentence) => h("div.s.note", {}, sentence));
    this.rows.replaceChildren(h("div.skip.heads.s", {}, h("span"), h("span", {}, "Reason"), h("span.n", {}, "Files"), h("span", {}, "Which"), h("span")),
      ...rows, ...notes);
  }

  /** @param {string} reason */
  async #drawFiles(reason) {
    this.rows.replaceChildren();
    const found = await this.shelf.skipped(reason);
    if (!found || this.#reason !== reason) return;
    const rest = found.n - found.files.length;
    this.rows.replaceChildren(...found.files.map(({ file, why, detail }) => h("div.skip-file", {},
      h("span.mono", { title: file }, file), h("span.s", { title: detail }, reason ? detail : `${why}: ${detail}`))),
    ...(rest > 0 ? [h("div.s.note", {}, `${count(rest)} more`)] : []));
  }
}
