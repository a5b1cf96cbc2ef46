// @ts-nocheck (its types are not written yet)
/** Three lists to work through, one at a time: wrong labels, disagreements, classes nobody named. */

import { h, key, redraw, show, write } from "../shared/dom.js";
import { DisagreementsList, DoubtsList, GroupsList } from "./doubts_list.js";

const KINDS = [DoubtsList, DisagreementsList, GroupsList];
const MOST = 60; // rows

export class ListsPanel {
  constructor(panel, { client, images, findings, verbs }) {
    Object.assign(this, { client, findings });
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
  #focus = null; // example
  #away = new Set(); // done here, until the server has seen it too
  #drawn = "";

  get kind() {
    return KINDS[this.#at];
  }

  get #items() {
    const found = this.findings.of(this.kind.finding);
    return (found?.items ?? []).filter((item) => !this.#away.has(item.example)).slice(0, MOST);
  }

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
    const [accept, what, other, ...rest] = this.kind.keys;
    const named = [[["↑", "↓"], "move"], [accept, what], ...(other ? [[other, rest[0]]] : []), [["Z"], "undo"]];
    this.hints.replaceChildren(...named.flatMap(([keys, word]) => [...keys.map(key), word]));
    // While a name is typed, the row under the hands stays.
    const seen = JSON.stringify([this.#at, items, this.#focus, this.client.classes.map((c) => [c.id, c.name, c.colour])]);
    if (!anew && (seen === this.#drawn || this.element.contains(active(this.element)))) return;
    this.#drawn = seen;
    const rows = items.map((item) => list.row(item, item.example === this.#focus)).filter(Boolean);
    redraw(this.element, () => this.element.replaceChildren(...rows));
  }

  focus(example) {
    if (this.#focus === example) return;
    this.#focus = example;
    this.update();
    this.element.querySelector(".f")?.scrollIntoView({ block: "nearest" });
  }

  move(by) {
    const items = this.#items;
    const here = items.findIndex((item) => item.example === this.#focus);
    const to = items[Math.min(Math.max(here + by, 0), items.length - 1)];
    if (to) this.focus(to.example);
  }

  /** An item has been dealt with: the next one comes up. */
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

  /** "accept", "keep", or give(cls): what a key does to the framed item. */
  act(verb, cls) {
    const item = this.#items.find(({ example }) => example === this.#focus);
    const list = this.lists[this.#at];
    if (!item || !list[verb]) return false;
    list[verb](item, cls);
    return true;
  }
}

/** The element that has the focus within a shadow root, if it is a field. */
function active(element) {
  const focused = element.getRootNode().activeElement;
  return focused?.tagName === "INPUT" ? focused : null;
}
