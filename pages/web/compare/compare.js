/** The COMPARE page: several models on the labels of the session, side by side. */

import pageCss from "../shared/page.css";
import compareCss from "./compare.css";
import { Actions } from "../session/actions.js";
import { SessionClient } from "../session/session_client.js";
import { StatusBar } from "../session/status_bar.js";
import { UnsentPanel } from "../session/unsent_panel.js";
import { h, show } from "../shared/dom.js";
import { Images } from "../shared/images.js";
import { mountPage } from "../shared/mount.js";
import textsCss from "../texts/texts.css";
import { followTexts } from "../texts/texts.js";
import { styled } from "../shared/styles.js";
import { Theme } from "../shared/theme.js";
import { waitForSession } from "../shared/waiting.js";
import { AddMenu } from "./add_menu.js";
import { Beginning } from "./beginning.js";
import { CompareView } from "./compare_view.js";
import { Comparison } from "./comparison.js";
import { DetailPanel } from "./detail_panel.js";
import { DisagreementsPanel } from "./disagreements_panel.js";
import { ErrorsPanel } from "./errors_panel.js";
import { HeadRow } from "./head_row.js";
import { listenToKeys } from "./keys.js";
import { LinkedMaps } from "./linked_maps.js";
import { MemberCard } from "./member_card.js";
import { MemberHover } from "./member_hover.js";
import { Notice } from "./notice.js";
import { Question } from "./questions.js";

class ComparePage {
  client;
  desk;
  unmount;
  theme;
  comparison;
  view;
  question;
  add;
  head;
  notice;
  beginning;
  failed;
  cards;
  row;
  below;
  actions;
  disagreements;
  /** @type {(() => void)[]} */
  #stops = [];
  /** @type {{destroy(): void}[]} */
  #parts = [];
  /** @type {{update(): void}[]} */
  #panels = [];
  #frame = 0;

  /**
   * @param {HTMLElement} root
   * @param {{session: string, api: string}} data
   */
  constructor(root, { session, api }) {
    const client = (this.client = new SessionClient({ session, api }));
    this.desk = h("div.desk.compare");
    this.desk.addEventListener("mousedown", (event) => event.target instanceof Element && event.target.closest("button") && event.preventDefault());
    this.unmount = styled(root, this.desk, [pageCss, textsCss, compareCss]);
    this.theme = new Theme(this.desk);
    const { theme } = this;
    const images = new Images((ids) => client.images(ids), () => {});
    this.comparison = new Comparison(client);
    const { comparison } = this;
    const hover = new MemberHover(this.desk, { client, images, opinions: () => this.view.opinions });
    this.view = new CompareView(client, comparison, () => new LinkedMaps({ client, theme, hover, onMove: () => this.update() }));
    const { view } = this;
    this.question = new Question(comparison);
    this.add = new AddMenu(comparison);
    this.notice = new Notice(comparison);
    const cancel = () => void comparison.wish({ do: "cancel" });
    this.head = new HeadRow(view, { add: (anchor) => this.add.open(anchor), cancel, notice: this.notice });
    this.beginning = new Beginning(comparison);
    this.failed = h("div.nothing.s", { "data-testid": "compare-failed" });
    this.row = h("div.cards", { "data-testid": "cards" });
    const panel = (/** @type {string} */ name, /** @type {string} */ label) => h(`section.panel.${name}`, { "aria-label": label, "data-testid": name });
    const parts = { errors: panel("errors", "Error by labels"), detail: panel("detail", "Bounds and mistakes"), quarrels: panel("quarrels", "Where they disagree") };
    this.below = h("div.below", {}, parts.errors, parts.detail, parts.quarrels);
    const status = h("footer.status", { "data-testid": "status" });
    this.desk.append(this.head.element, this.beginning.element, this.failed, this.row, this.below, status, hover.element);
    this.cards = /** @type {Map<string, MemberCard>} */ (new Map());
    const errors = new ErrorsPanel(parts.errors, view);
    this.disagreements = new DisagreementsPanel(parts.quarrels, view, images);
    this.#panels = [this.head, errors, new DetailPanel(parts.detail, view), this.disagreements];
    this.actions = new Actions(client);
    const unsent = new UnsentPanel(client);
    this.#parts = [new StatusBar(status, { client, actions: this.actions, unsent }), unsent, comparison, this.question, this.add,
      errors, this.disagreements, view.maps];
    const update = () => this.update();
    this.#stops = [waitForSession(this.desk, this.#toWaitFor(), unsent.sections), theme.watch(() => this.#retheme()),
      client.on("state", () => this.#takeState(images)), client.on("labels", update), client.on("selection", update), client.on("focus", update),
      comparison.on("change", () => this.#draw()), comparison.on("arrays", update), view.on("change", update), listenToKeys({ client, view, actions: this.actions, disagreements: this.disagreements, move: (member, by) => this.move(member, by) })];
    window.ssvaeCompare = { client, comparison, view, cards: this.cards, disagreements: this.disagreements }; // for the browser tests
    client.start();
  }

  /** The page is shown once both are there: the session, and what was compared of it. */
  #toWaitFor() {
    const { client, comparison } = this;
    return {
      get state() { return comparison.answer || comparison.error ? client.state : null; },
      get connection() { return client.connection; },
      get refusal() { return client.refusal; },
      on: (/** @type {"state" | "saving"} */ name, /** @type {() => void} */ tell) => {
        const stops = [client.on(name, tell), comparison.on("change", tell)];
        return () => stops.forEach((stop) => stop());
      },
    };
  }

  /** @param {Images} images */
  #takeState(images) {
    images.shape = this.client.state?.data.shape ?? null;
    followTexts(images, this.client, this.desk, "These examples are texts: the drawings are embeddings, as bars. Guesses, errors, bounds and where the models disagree are as with images.");
    if (this.theme.setClasses(this.client.classes)) this.view.maps.retheme();
    this.update();
  }

  #retheme() {
    this.view.maps.retheme();
    this.update();
  }

  /** In the next frame, once for all that has changed. */
  update() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    const { comparison, view, client } = this;
    const { answer, error } = comparison;
    const isBegun = view.members.length > 0;
    show(this.failed, !answer && Boolean(error));
    this.failed.textContent = error;
    show(this.head.element, Boolean(answer));
    show(this.beginning.element, Boolean(answer) && !isBegun);
    show(this.row, isBegun);
    show(this.below, isBegun);
    if (!answer || !client.state) return;
    if (!isBegun) this.beginning.update();
    this.#updateCards();
    for (const panel of this.#panels) panel.update();
  }

  #updateCards() {
    const { view, cards } = this;
    for (const [id, card] of cards) {
      if (view.member(id)) continue;
      card.destroy();
      cards.delete(id);
    }
    const verbs = {
      choose: (/** @type {import("./answers.js").Member} */ member) => view.chosen?.id !== member.id && view.set({ member: member.id }),
      use: this.question.use.bind(this.question), remove: this.question.remove.bind(this.question),
      cancel: (/** @type {import("./answers.js").Member} */ { id }) => void this.comparison.wish({ do: "cancel", member: id }),
      move: (/** @type {import("./answers.js").Member} */ member, /** @type {number} */ by) => this.move(member, by),
    };
    view.members.forEach((member, k) => {
      const card = cards.get(member.id) ?? new MemberCard(view, member, verbs);
      cards.set(member.id, card);
      if (this.row.children[k] !== card.element) this.row.insertBefore(card.element, this.row.children[k] ?? null);
    });
    this.row.style.setProperty("--cards", String(view.members.length));
    this.row.classList.toggle("narrow", view.members.length > 3);
    for (const member of view.members) cards.get(member.id)?.update(member);
  }

  /**
   * Shows a member so many places further to the right, where there is a place.
   * @param {import("./answers.js").Member} member
   * @param {number} by
   */
  move(member, by) {
    const { comparison, view: { members } } = this;
    const at = members.findIndex(({ id }) => id === member.id);
    if (comparison.isRunning || comparison.isAsking || at < 0 || !members[at + by]) return;
    const order = members.map(({ id }) => id);
    order.splice(at + by, 0, ...order.splice(at, 1));
    comparison.wish({ do: "order", members: order });
  }

  destroy() {
    cancelAnimationFrame(this.#frame);
    this.client.stop();
    for (const stop of this.#stops) stop();
    for (const card of this.cards.values()) card.destroy();
    for (const part of this.#parts) part.destroy();
    if (window.ssvaeCompare?.client === this.client) delete window.ssvaeCompare;
    this.unmount();
  }
}

export const mount = mountPage(ComparePage);
