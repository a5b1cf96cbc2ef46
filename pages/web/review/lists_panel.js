/** Three lists to work through, one at a time: wrong labels, disagreements, classes nobody named. */

import { focusedBeside, h, key, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { DisagreementsList, DoubtsList, GroupsList } from "./doubts_list.js";

const KINDS = [DoubtsList, DisagreementsList, GroupsList];
const MOST = 60; // rows

/** @typedef {import("./list.js").List} List */
/** @typedef {import("./list.js").ListItem} ListItem */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../shared/images.js").Images} images
 * @property {import("./findings.js").Findings} findings
 * @property {import("./verbs.js").Verbs} verbs
 */

export class ListsPanel {
  client;
  findings;
  /** @type {List[]} */
  lists;
  tabs;
  count;
  lead;
  element;
  nothing;
  hints;

  /**
   * @param {HTMLElement} panel
   * @param {Parts} parts
   */
  constructor(panel, { client, images, findings, verbs }) {
    this.client = client;
    this.findings = findings;
    this.lists = KINDS.map((Kind) => new Kind({ client, images, verbs, list: this }));
    this.tabs = KINDS.map((Kind, k) => h("button", { role: "tab", "data-testid": `tab-${Kind.finding}`,
      onclick: () => this.choose(k) }));
    this.count = h("span.s", { "data-testid": "list-count" });
    this.lead = h("div.s.pad.lead");
    this.element = h("div.doubts", { role: "list", "aria-label": "What to look at", "data-testid": "doubts" });
    this.nothing = h("div.nothing.s", { "data-testid": "nothing" });
    this.hints = h("div.row.hints.s");
    panel.append(h("div.h", {}, h("div.seg", { role: "tablist" }, ...this.tabs)), h("div.row.pad", {}, this.count),
      this.lead, this.element, this.nothing, this.hints);
    this.choose(0);
  }

  #at = 0;
  /** @type {number | null} */
  #focus = null; // example
  /** @type {Set<number>} */
  #away = new Set(); // examples done here, until the server has seen it too
  #drawn = "";

  get kind() {
    return KINDS[this.#at];
  }

  get #items() {
    /** @type {ListItem[]} */
    const items = this.findings.of(this.kind.finding)?.items ?? [];
    return items.filter((item) => !this.#away.has(item.example)).slice(0, MOST);
  }

  /** The item that keys are about. */
  get #framed() {
    return this.#items.find(({ example }) => example === this.#focus);
  }

  /** @param {number} k of the list to show */
  choose(k) {
    this.#at = k;
    this.#focus = null;
    this.#away.clear();
    this.update(true);
  }

  update(anew = false) {
    const list = this.lists[this.#at];
    const found = this.findings.of(this.kind.finding);
    this.tabs.forEach((tab, k) => {
      const n = this.findings.of(KINDS[k].finding)?.items.length ?? 0;
      tab.replaceChildren(KINDS[k].title, n ? h("span.s", {}, ` ${n}`) : "");
      tab.classList.toggle("on", k === this.#at);
      tab.setAttribute("aria-selected", String(k === this.#at));
    });
    const items = this.#items;
    if (!items.some((item) => item.example === this.#focus)) this.#focus = items[0]?.example ?? null;
    write(this.count, found ? list.words(found) : "");
    write(this.lead, items.length ? list.lead : "");
    show(this.element, items.length > 0);
    show(this.nothing, !items.length);
    write(this.nothing, found ? list.empty(found) : this.findings.errorOf(this.kind.finding) || "Looking…");
    /** @type {import("./list.js").Hint[]} */
    const hints = [[["↑", "↓"], "move"], ...this.kind.hints, [["Z"], "undo"]];
    this.hints.replaceChildren(...hints.flatMap(([keys, word]) => [...keys.map(key), word]));
    // While a name is typed, the row under the hands stays.
    const seen = JSON.stringify([this.#at, items, this.#focus, this.client.classes.map((c) => [c.id, c.name, c.colour])]);
    if (!anew && (seen === this.#drawn || isTypedIn(this.element))) return;
    this.#drawn = seen;
    const rows = items.map((item) => list.row(item, item.example === this.#focus)).filter((row) => row !== null);
    redraw(this.element, () => this.element.replaceChildren(...rows));
  }

  /** @param {number} example */
  focus(example) {
    if (this.#focus === example) return;
    this.#focus = example;
    this.update();
    this.element.querySelector(".f")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} by rows */
  move(by) {
    const items = this.#items;
    const here = items.findIndex((item) => item.example === this.#focus);
    const to = items[Math.min(Math.max(here + by, 0), items.length - 1)];
    if (to) this.focus(to.example);
  }

  /**
   * An item has been dealt with: the next one comes up.
   * @param {number} example
   */
  done(example) {
    const items = this.#items;
    const here = items.findIndex((item) => item.example === example);
    this.#away.add(example);
    this.#focus = (items[here + 1] ?? items[here - 1])?.example ?? null;
    this.update(true);
  }

  /** What was undone may come back. */
  forgive() {
    this.#away.clear();
    this.update();
  }

  /**
   * What a key does to the framed item; false where it does nothing.
   * @param {"accept" | "keep"} verb
   */
  act(verb) {
    const item = this.#framed;
    const list = this.lists[this.#at];
    if (!item || !list[verb]) return false;
    list[verb](item);
    return true;
  }

  /**
   * Gives the framed item a class.
   * @param {number} cls
   */
  give(cls) {
    const item = this.#framed;
    if (item) this.lists[this.#at].give(item, cls);
  }
}

/**
 * Whether a field within an element has the focus.
 * @param {HTMLElement} element
 */
function isTypedIn(element) {
  const focused = focusedBeside(element);
  return focused?.tagName === "INPUT" && element.contains(focused);
}
