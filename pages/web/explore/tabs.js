/** One view at a time, each made when it is first looked at; its name is in the link. */

import { h, key, show, walkByArrows, write } from "../shared/dom.js";
import { VIEWS } from "./views.js";

const VECTORS = "The examples of this session are lists of numbers, and what a model draws of them is no picture. "
  + "The time machine shows its map, guesses and mistakes at each label; for this view open a session on images.";

/** @typedef {import("./views.js").View} View */
/** @typedef {import("./views.js").Entry} Entry */

export class Tabs {
  /**
   * @param {HTMLElement} element
   * @param {import("./explore_page.js").Shared} shared
   */
  constructor(element, shared) {
    this.shared = shared;
    this.list = h("div.view-tabs", { role: "tablist", "aria-label": "Views" });
    this.words = h("div.s");
    this.by = h("span.s.drawn-by", { "data-testid": "drawn-by" });
    this.why = h("div.panel.cannot", { role: "status", "data-testid": "cannot" }, this.title, this.words);
    this.box = h("div.view-box");
    element.append(h("div.row.view-head", {}, this.list, this.by), this.why, this.box);
    for (const entry of VIEWS) this.#add(entry);
    walkByArrows(this.list, "button", (reached) => reached.click());
    this.#stops = [shared.decoder.on("changed", () => this.#update()), shared.client.on("state", () => this.#update())];
    this.choose(VIEWS.find(({ name }) => name === shared.link.view)?.name ?? VIEWS[0].name, false);
    this.#update();
  }

  shared;
  title = h("b");
  list;
  words;
  by; // which M1 draws
  why;
  box;
  current = "";
  #stops;
  /** @type {Map<string, {entry: Entry, tab: HTMLElement, panel: HTMLElement, view: View | null}>} */
  #all = new Map();

  /** @param {Entry} entry */
  #add(entry) {
    const { name, title, letter } = entry;
    const tab = h("button", { role: "tab", id: `tab-${name}`, "data-testid": `view-${name}`, "aria-controls": `view-${name}`,
      onclick: () => this.choose(name) }, title, key(letter.toUpperCase()));
    const panel = h(`div.view.${name}`, { role: "tabpanel", id: `view-${name}`, "aria-labelledby": `tab-${name}` });
    show(panel, false);
    this.list.append(tab);
    this.box.append(panel);
    this.#all.set(name, { entry, tab, panel, view: null });
  }

  /** The view on screen. */
  get view() {
    return this.#all.get(this.current)?.view ?? null;
  }

  /**
   * @param {string} name
   * @param {boolean} isSaid whether the link is to say so
   */
  choose(name, isSaid = true) {
    const chosen = this.#all.get(name);
    if (!chosen || name === this.current) return;
    const { link } = this.shared;
    this.view?.hide();
    this.current = name;
    for (const [other, { tab, panel }] of this.#all) {
      tab.classList.toggle("on", other === name);
      tab.setAttribute("aria-selected", String(other === name));
      tab.tabIndex = other === name ? 0 : -1;
      show(panel, other === name);
    }
    if (isSaid) link.see(name);
    if (!chosen.view) {
      chosen.view = new chosen.entry.View(chosen.panel, this.shared);
      chosen.view.restore(link.get(name));
    }
    this.#update();
    chosen.view.show();
  }

  /**
   * True if the key is one of a tab.
   * @param {string} letter
   */
  press(letter) {
    const entry = VIEWS.find((one) => one.letter === letter);
    if (entry) this.choose(entry.name);
    return entry !== undefined;
  }

  /** Most views have nothing to show while nothing draws. */
  #update() {
    const { decoder, client } = this.shared;
    const entry = this.#all.get(this.current)?.entry;
    const isOfVectors = client.state?.data.kind === "vector";
    const isMissing = isOfVectors && entry?.needsImages === true; // whatever the model learns
    const isShown = !isMissing && (decoder.ready || entry?.needsNoDecoder === true);
    show(this.why, !isShown);
    show(this.box, isShown);
    const by = decoder.ready && decoder.about?.drawn_by ? `Drawn by ${decoder.about.drawn_by}` : "";
    write(this.by, by);
    this.by.title = by;
    const isStarting = ["starting", "restarting"].includes(client.state?.trainer.state ?? "");
    write(this.title, isMissing ? "There is nothing to draw" : "Nothing is drawn yet");
    write(this.words, isMissing ? VECTORS : isStarting ? "The model is being opened. This takes some seconds." : decoder.why);
  }

  destroy() {
    for (const stop of this.#stops) stop();
    for (const { view } of this.#all.values()) view?.destroy();
  }
}
