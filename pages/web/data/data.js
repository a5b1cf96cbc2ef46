/**
 * The DATA page in the browser: what to label, how more comes in, and what an import came to.
 *
 * mount(root, {api}) builds it and returns its removal. Its session is what the other pages show: with
 * another one the page stays as it is.
 */

import aroundMapCss from "../label/around_map.css";
import pageCss from "../shared/page.css";
import dataCss from "./data.css";
import { enable, h, show, write } from "../shared/dom.js";
import { doing, howFar, share } from "../shared/format.js";
import { Http } from "../shared/http.js";
import { mountPage } from "../shared/mount.js";
import { styled } from "../shared/styles.js";
import { Theme } from "../shared/theme.js";
import { Waiting } from "../shared/waiting.js";
import { AddPanel } from "./add_panel.js";
import { JoinDialog } from "./join_dialog.js";
import { ReportPanel } from "./report_panel.js";
import { Shelf } from "./shelf.js";

const TIMEOUT = 120000; // ms; what copies or reads a data set may take its time
const WAITING = {
  title: "Opening your data sets", about: "The list of what was imported is read.",
  refused: "Your data sets cannot be opened",
};
const FIELDS = ["INPUT", "TEXTAREA", "SELECT", "BUTTON"];

class DataPage {
  parts;
  dot = h("i.dot");
  word = h("b");
  words = h("span", { "data-testid": "data-status" });
  wish; // a button
  desk;
  unmount;
  theme;
  waiting;
  shelf;
  add;
  report;
  /** @type {(() => void)[]} */
  #stops = [];

  /**
   * @param {HTMLElement} root
   * @param {{api: string}} data
   */
  constructor(root, { api }) {
    const panel = (/** @type {string} */ name, /** @type {string} */ label) => h(`section.panel.${name}`, { "aria-label": label, "data-testid": name });
    this.parts = { add: panel("add", "Add images"), report: panel("report", "What was read") };
    this.wish = h("button.btn.small", { "data-testid": "learning-wish", onclick: () => this.#onWish() });
    const status = h("footer.status", {}, h("span", {}, this.dot, this.word), this.words, this.wish, h("span.sp"),
      h("span", {}, "Everything stays on this computer."));
    this.desk = h("div.desk.data", {}, h("div.data-columns", {}, this.parts.add, this.parts.report), status);
    this.unmount = styled(root, this.desk, [pageCss, aroundMapCss, dataCss]);
    this.theme = new Theme(this.desk);
    this.waiting = new Waiting(this.desk, WAITING);
    this.shelf = new Shelf(new Http(`${api}/data`, TIMEOUT), () => this.#changed());
    this.add = new AddPanel(this.parts.add, this.shelf, new JoinDialog(this.desk, this.shelf));
    this.report = new ReportPanel(this.parts.report, this.shelf);
    this.#stops.push(this.theme.watch(() => {}), this.#listen());
    window.ssvaeData = { shelf: this.shelf }; // for the browser tests
    this.shelf.start();
  }

  #onWish() {
    const { wish } = this.wish.dataset;
    if (wish === "stop" || wish === "go-on") this.shelf.learn(wish);
  }

  #changed() {
    this.waiting.tell({ isDone: Boolean(this.shelf.all), isLost: this.shelf.isLost });
    this.add.update();
    this.report.update();
    const { upload, job, error, map } = this.shelf;
    const isReading = job?.state === "running";
    const learning = upload || isReading || map || error ? null : this.shelf.learning;
    const isLearning = learning?.state === "learning";
    const opening = this.shelf.encoderJob?.state === "running" ? this.shelf.encoderJob : null;
    const [work] = doing(learning?.message);
    this.dot.className = `dot ${error ? "bad" : upload || isReading || map || opening || isLearning ? "ok" : "hollow"}`;
    write(this.word, upload ? "Copying" : isReading ? "Reading" : map ? "Drawing the map" : error ? "Something is wrong"
      : opening ? "Opening the encoder" : isLearning ? work || "Learning from the images" : "Ready");
    write(this.words, error || (upload ? "stay on this page until the files are copied"
      : isReading ? "you may leave this page; it goes on" : map ? `${map.message}, ${share(map.share)}` : opening ? `${opening.message}…` : inWords(learning)));
    const under = this.shelf.wish;
    const wish = under || (isLearning ? "stop" : ["stopped", "waiting"].includes(learning?.state ?? "") ? "go-on" : "");
    show(this.wish, Boolean(wish));
    this.wish.dataset.wish = wish;
    enable(this.wish, !under, under ? "The server is told" : "");
    write(this.wish, wish === "stop" ? (under ? "Stopping…" : "Stop") : under ? "Going on…" : "Go on learning");
  }

  /** Enter opens the map of what is shown. */
  #listen() {
    const down = (/** @type {KeyboardEvent} */ event) => {
      const [at] = event.composedPath();
      const isElsewhere = at instanceof Element && (FIELDS.includes(at.tagName) || at.closest("[role=dialog]"));
      if (event.key !== "Enter" || isElsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.report.openMap()) event.preventDefault();
    };
    const leave = (/** @type {Event} */ event) => this.shelf.upload && event.preventDefault();
    window.addEventListener("keydown", down);
    window.addEventListener("beforeunload", leave);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("beforeunload", leave);
    };
  }

  destroy() {
    this.shelf.stop();
    this.waiting.destroy();
    for (const stop of this.#stops) stop();
    if (window.ssvaeData?.shelf === this.shelf) delete window.ssvaeData;
    this.unmount();
  }
}

/**
 * What is learned before a session is opened, for the status line.
 * @param {import("../shared/api.js").Learning | null} learning
 */
function inWords(learning) {
  if (!learning) return "";
  const [, how, note] = doing(learning.message);
  return { learning: `${howFar(how, learning.seconds_left) || "while you read this"}; no label is needed yet${note && `. ${note}`}`,
    done: "the map is ready",
    stopped: "learning is stopped; opening the map goes on with it",
    waiting: "another session learns just now; opening the map goes on with these images",
    failed: `the images could not be learned: ${learning.message}` }[learning.state];
}

export const mount = mountPage(DataPage, ({ api }) => api);
