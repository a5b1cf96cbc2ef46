/** The list of runs: what learned with which settings, how well, and what sets two of them apart. */

import { h, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { TITLES } from "./option_menus.js";
import { clock, count, many, preciseShare, signed } from "../shared/format.js";
import { Popover } from "../shared/popover.js";

/** @typedef {import("../shared/api.js").Run} Run */
/** @typedef {(value: number) => string} Written how a number is written */

const ASK_EVERY = 2000; // ms, while the list is open

export class RunsPanel {
  /**
   * @param {HTMLElement} anchor what it opens above
   * @param {import("../session/session_client.js").SessionClient} client
   */
  constructor(anchor, client) {
    this.anchor = anchor;
    this.client = client;
    this.list = h("div.list", { "data-testid": "runs-list" });
    this.note = h("div.s.hint", { "data-testid": "runs-note" });
    this.table = h("table.apart", { "data-testid": "runs-apart" });
    this.popover = new Popover("runs", { label: "Runs", testid: "runs", holdsKeys: false, onClose: () => clearInterval(this.#timer) },
      h("div.h", {}, "Runs", h("span.sp"), h("span.s", {}, "tick two to see what sets them apart")),
      this.list, this.table, this.note);
  }

  anchor;
  client;
  list;
  note;
  table;
  popover;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** @type {Run[]} */
  #runs = [];
  /** @type {number[] | null} */
  #chosen = null; // ids; the newest two until a person ticks

  get #ticked() {
    return this.#chosen ?? this.#runs.slice(0, 2).map(({ id }) => id);
  }

  open() {
    this.#chosen = null;
    this.popover.open(this.anchor, { above: true });
    this.#ask();
    this.#timer = setInterval(() => this.#ask(), ASK_EVERY);
  }

  destroy() {
    this.popover.close();
  }

  async #ask() {
    try {
      this.#runs = (await this.client.api.get("runs")).runs;
      this.#show();
    } catch {
      write(this.note, "The runs could not be read just now. It is tried again.");
      show(this.note, true);
    }
  }

  #show() {
    const runs = this.#runs;
    const ticked = this.#ticked;
    redraw(this.list, () => this.list.replaceChildren(...runs.map((run, k) => this.#row(run, k === 0, ticked.includes(run.id)))));
    show(this.list, runs.length > 0);
    const [one, other, third] = runs.filter(({ id }) => ticked.includes(id)).reverse();
    const areTwo = other !== undefined && third === undefined;
    show(this.table, areTwo);
    if (areTwo) this.table.replaceChildren(...apart(one, other));
    write(this.note, !runs.length ? "The first run begins with the first label."
      : runs.length === 1 ? "One run so far. Choose another model, networks, likelihood or batch under Training (⇧T), and that run is listed beside this one."
        : areTwo ? inCommon(one, other) : "Tick two runs to see what sets them apart.");
    show(this.note, this.note.textContent !== "");
  }

  /**
   * @param {Run} run
   * @param {boolean} isNow
   * @param {boolean} isTicked
   */
  #row(run, isNow, isTicked) {
    const box = h("input", { type: "checkbox", value: String(run.id), checked: isTicked, "aria-label": `Run ${run.id}`,
      onchange: () => this.#tick(run.id) });
    return h("label.line", { "data-testid": "run-row", "data-row": true }, box,
      h("span.what", {}, h("span.words", {}, `${run.id} · ${run.settings.model}`),
        h("span.s", {}, `${clock(run.began)} to ${isNow ? "now" : clock(run.ended)} · ${many(run.labels, "label")} · ${many(run.steps, "step")}`)),
      h("b", {}, run.accuracy === null ? "" : preciseShare(run.accuracy)));
  }

  /**
   * The third one ticked takes the place of the oldest of the two.
   * @param {number} id
   */
  #tick(id) {
    const ticked = this.#ticked;
    this.#chosen = ticked.includes(id) ? ticked.filter((other) => other !== id) : [...ticked.slice(-1), id];
    this.#show();
  }
}

/**
 * Rows of a table: settings that are not the same, then what came of them, with the difference.
 * @param {Run} one
 * @param {Run} other
 */
function apart(one, other) {
  const head = h("tr", {}, h("th"), h("th", {}, `Run ${one.id}`), h("th", {}, `Run ${other.id}`), h("th", {}, "Difference"));
  const settings = names(one.settings, other.settings).filter((name) => one.settings[name] !== other.settings[name])
    .map((name) => h("tr", {}, h("td.s", {}, titleOf(name)), h("td", {}, one.settings[name] ?? "–"),
      h("td", {}, other.settings[name] ?? "–"), h("td")));
  const isAlike = ("features" in one.bound) === ("features" in other.bound);
  /** @type {Parameters<typeof numberRow>[]} */
  const numbers = [
    ["Labels", one.labels, other.labels, count],
    ["Steps", one.steps, other.steps, count],
    ["Right", one.accuracy, other.accuracy, preciseShare],
    ["Bound, nats", sum(one.bound), sum(other.bound), signed, isAlike],
    ...names(one.bound, other.bound).map((name) => /** @type {Parameters<typeof numberRow>} */ ([`of it ${name}`, one.bound[name], other.bound[name], signed, isAlike])),
  ];
  return [head, ...settings, ...numbers.filter(([, a, b]) => isNumber(a) || isNumber(b)).map((row) => numberRow(...row))];
}

/**
 * @param {string} name
 * @param {number | null | undefined} a
 * @param {number | null | undefined} b
 * @param {Written} written
 * @param {boolean} isAlike whether the numbers are of the same thing; a bound of features and one of pixels are not
 */
function numberRow(name, a, b, written, isAlike = true) {
  const difference = isAlike && isNumber(a) && isNumber(b) ? b - a : null;
  const size = difference === null ? "" : written(Math.abs(difference)).replace("%", " points");
  const sign = difference === null ? "" : difference > 0 ? "+" : difference < 0 ? "\u2212" : "";
  return h("tr", {}, h("td.s", {}, name), h("td", {}, isNumber(a) ? written(a) : "–"), h("td", {}, isNumber(b) ? written(b) : "–"),
    h("td", {}, h("b", {}, sign + size)));
}

/**
 * "The same in both: networks MLPs · seed 0."
 * @param {Pick<Run, "settings">} one
 * @param {Pick<Run, "settings">} other
 */
export function inCommon(one, other) {
  const same = names(one.settings, other.settings).filter((name) => one.settings[name] === other.settings[name]);
  return same.length ? `The same in both: ${same.map((name) => `${name} ${one.settings[name]}`).join(" · ")}.` : "";
}

/**
 * All names in any of the objects.
 * @param {Record<string, unknown>[]} objects
 */
function names(...objects) {
  return [...new Set(objects.flatMap(Object.keys))];
}

/**
 * How a setting is called.
 * @param {string} name
 */
function titleOf(name) {
  return name in TITLES ? TITLES[/** @type {keyof typeof TITLES} */ (name)] : name[0].toUpperCase() + name.slice(1);
}

/** @param {Run["bound"]} bound */
function sum(bound) {
  const values = Object.values(bound);
  return values.length > 1 ? values.reduce((total, value) => total + value, 0) : null; // one term bounds nothing
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}
