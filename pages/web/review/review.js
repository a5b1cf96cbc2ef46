/**
 * The REVIEW page in the browser: how good the labels are, what is taken for what, what may be wrong.
 *
 * mount(root, {session, api}) builds it and returns its removal, as label_page.js does.
 */

import pageCss from "../shared/page.css";
import reviewCss from "./review.css";
import { Actions } from "../session/actions.js";
import { h } from "../shared/dom.js";
import { Images } from "../shared/images.js";
import { SessionClient } from "../session/session_client.js";
import { mountPage } from "../shared/mount.js";
import { StatusBar } from "../session/status_bar.js";
import textsCss from "../texts/texts.css";
import { followTexts } from "../texts/texts.js";
import { styled } from "../shared/styles.js";
import { UnsentPanel } from "../session/unsent_panel.js";
import { waitForSession } from "../shared/waiting.js";
import { Theme } from "../shared/theme.js";
import { AuditPanel } from "./audit_panel.js";
import { Findings } from "./findings.js";
import { ListsPanel } from "./lists_panel.js";
import { MatrixPanel } from "./matrix_panel.js";
import { Questions } from "./questions.js";
import { Verbs } from "./verbs.js";

const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];
const PATHS = {
  audit: "review/audit?n=20", matrix: "review/matrix", doubts: "review/doubts",
  disagreements: "review/disagreements", groups: "review/groups",
};

/** @typedef {import("./findings.js").Name} Name of a finding */

class ReviewPage {
  client;
  parts;
  desk;
  unmount;
  theme;
  questions;
  audit;
  matrix;
  lists;
  actions;
  verbs;
  /** @type {(() => void)[]} */
  #stops = [];
  /** @type {{destroy(): void}[]} */
  #panels = [];

  /**
   * @param {HTMLElement} root
   * @param {{session: string, api: string}} data
   */
  constructor(root, { session, api }) {
    this.client = new SessionClient({ session, api });
    const panel = (/** @type {string} */ name, /** @type {string} */ label) => h(`section.panel.${name}`, { "aria-label": label, "data-testid": name });
    this.parts = {
      audit: panel("audit", "How good is it, really?"), matrix: panel("matrix-panel", "What is taken for what"),
      lists: panel("lists", "Possible wrong labels"), status: h("footer.status", { "data-testid": "status" }),
    };
    this.desk = h("div.desk.review", {}, h("div.review-columns", {}, this.parts.audit, this.parts.matrix, this.parts.lists),
      this.parts.status);
    this.desk.addEventListener("mousedown", (event) => event.target instanceof Element && event.target.closest("button") && event.preventDefault());
    this.unmount = styled(root, this.desk, [pageCss, reviewCss, textsCss]);
    const { client, parts, desk } = this;
    this.theme = new Theme(desk);
    const images = new Images((ids) => client.images(ids), () => {});
    client.on("state", () => {
      images.shape = client.state?.data.shape ?? null;
      followTexts(images, client, desk);
    });
    const verbs = new Verbs(client);
    const findings = new Findings(client, PATHS, (name) => this.#changed(name));
    this.questions = new Questions(desk, { client, images, verbs, closed: () => findings.renew("audit") });
    const shared = { client, images, findings, verbs };
    this.audit = new AuditPanel(parts.audit, { ...shared, ask: (examples) => this.questions.open(examples) });
    this.matrix = new MatrixPanel(parts.matrix, shared);
    this.lists = new ListsPanel(parts.lists, shared);
    this.actions = new Actions(client);
    const unsent = new UnsentPanel(client);
    const status = new StatusBar(parts.status, { client, actions: this.actions, unsent });
    this.#panels = [status, findings, unsent];
    this.verbs = verbs;
    this.#stops.push(waitForSession(desk, client, unsent.sections), client.on("state", () => this.#changed()), this.theme.watch(() => {}), this.#listen());
    window.ssvaeReview = { client, findings, questions: this.questions }; // for the browser tests
    client.start();
  }

  /** @param {Name} [name] of a finding; without one, the state has changed */
  #changed(name) {
    if (name === "cell") return this.matrix.updateCell();
    this.audit.update();
    this.matrix.update();
    this.lists.update();
  }

  #listen() {
    const down = (/** @type {KeyboardEvent} */ event) => {
      if (FIELDS.includes(tagOf(event)) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.#onKey(event)) event.preventDefault();
    };
    window.addEventListener("keydown", down);
    return () => window.removeEventListener("keydown", down);
  }

  /**
   * True if the key meant something here.
   * @param {KeyboardEvent} event
   */
  #onKey(event) {
    const pressed = event.key.toLowerCase();
    const { questions, matrix, lists } = this;
    if (pressed === "arrowdown" || pressed === "arrowup")
      return !questions.isOpen && (lists.move(pressed === "arrowdown" ? 1 : -1), true);
    if (event.repeat) return false;
    const cls = this.client.classes.find(({ key }) => key && key.toLowerCase() === pressed);
    if (cls) return this.#give(cls.id);
    if (questions.isOpen) {
      if (pressed === "u") return questions.cannotTell(), true;
      return pressed === "z" && (questions.undo(), true);
    }
    if (pressed === "enter") return tagOf(event) !== "BUTTON" && lists.act("accept");
    if (pressed === "k") return lists.act("keep");
    if (pressed === "m") return matrix.isOpen && (matrix.showOnMap(), true);
    if (pressed === "escape") return matrix.isOpen && (matrix.close(), true);
    if (pressed === "p") return this.actions.pause(), true;
    if (pressed === "z") return this.verbs.step(event.shiftKey ? "redo" : "undo"), lists.forgive(), true;
    return false;
  }

  /**
   * A class key answers the question, or labels what is chosen, or the framed row.
   * @param {number} id of the class
   */
  #give(id) {
    if (this.questions.isOpen) this.questions.answer(id);
    else if (this.matrix.hasChosen) this.matrix.give(id);
    else this.lists.give(id);
    return true;
  }

  destroy() {
    this.client.stop();
    for (const stop of this.#stops) stop();
    for (const panel of this.#panels) panel.destroy();
    if (window.ssvaeReview?.client === this.client) delete window.ssvaeReview;
    this.unmount();
  }
}

/**
 * Where a key was pressed: "INPUT", "BUTTON", ...
 * @param {KeyboardEvent} event
 */
function tagOf(event) {
  const [at] = event.composedPath();
  return at instanceof Element ? at.tagName : "";
}

export const mount = mountPage(ReviewPage);
