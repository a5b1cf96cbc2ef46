/** The history panel: all that was done, newest first; a click on a step of your own goes there. */

import { h, icon, picture, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { clock, count, many } from "../shared/format.js";
import { badge } from "../shared/people.js";
import { Popover } from "../shared/popover.js";

/** @typedef {import("../shared/api.js").HistoryAnswer} HistoryAnswer */
/** @typedef {import("../shared/api.js").Done} Done */

const LISTED = 200;

export class HistoryPanel {
  /**
   * @param {HTMLElement} clock the button that opens it
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("../shared/images.js").Images} parts.images
   */
  constructor(clock, { client, images }) {
    this.client = client;
    this.images = images;
    this.clock = clock;
    this.list = h("div.list", { "data-testid": "history-list" });
    this.note = h("div.s.hint");
    this.popover = new Popover("history", { label: "History", testid: "history", holdsKeys: false },
      h("div.h", {}, "History", h("span.sp"), h("span.s", {}, "click a step to go back to it")), this.list, this.note);
    clock.addEventListener("click", () => this.toggle());
    this.#stops = [client.on("labels", () => this.#ask()), client.on("state", () => this.#ask())];
  }

  client;
  images;
  clock;
  list;
  note;
  popover;
  #stops;
  #seen = "";
  #isAsking = false;
  #askAgain = false;

  destroy() {
    for (const stop of this.#stops) stop();
    this.popover.close();
  }

  toggle() {
    this.popover.toggle(this.clock, { right: true });
    this.#seen = "";
    this.#ask();
  }

  /** Reads the list while the panel is open and something has changed. */
  async #ask() {
    const { client } = this;
    if (!this.popover.isOpen || !client.state) return;
    const version = `${client.labelOverlay.seq} ${client.state.labels.seq} ${client.state.person}`;
    if (version === this.#seen || client.pendingCount) return;
    if (this.#isAsking) return void (this.#askAgain = true);
    this.#isAsking = true;
    try {
      this.#show(await client.api.get(`history?n=${LISTED}`));
      this.#seen = version;
    } catch {
      write(this.note, "The history could not be read just now. It is tried again with the next change.");
    }
    this.#isAsking = false;
    if (this.#askAgain) {
      this.#askAgain = false;
      this.#ask();
    }
  }

  /** @param {HistoryAnswer} answer */
  #show({ operations, n, to_the_beginning: back }) {
    const rows = operations.map((done) => this.#row(done));
    if (n <= operations.length && n > 0) rows.push(this.#beginning(back));
    redraw(this.list, () => this.list.replaceChildren(...rows));
    show(this.list, n > 0);
    write(this.note, !n ? "Nothing was done yet. What you label appears here."
      : n > operations.length ? `The last ${count(operations.length)} of ${many(n, "step")}.` : "");
    show(this.note, this.note.textContent !== "");
  }

  /** @param {Done} done */
  #row({ op_id, at, who, words, example, standing, yours, steps }) {
    const thumb = picture(".thumb");
    if (example === null) thumb.element.replaceChildren(icon("sell"));
    else this.images.draw(thumb.canvas, example);
    const isNow = steps === 0;
    const row = h("button.line", { "data-testid": "history-row", "data-op": op_id, "data-row": true,
      title: titleOf({ yours, steps, standing, words }), onclick: () => this.#go(steps) },
    thumb.element, h("span.what", {}, h("span.words", {}, words),
      h("span.s", {}, `${clock(at)}${who ? ` · ${who}` : yours ? "" : " · no name"}${standing ? "" : " · undone"}`)),
    h("span.sp"), isNow ? h("span.s.now", {}, "now") : null, who ? badge(who) : null);
    row.classList.toggle("undone", !standing);
    row.classList.toggle("others", !yours);
    row.classList.toggle("here", isNow);
    if (steps === null || isNow) row.setAttribute("aria-disabled", "true");
    return row;
  }

  /** @param {number} back undos to it */
  #beginning(back) {
    const row = h("button.line.start", { "data-testid": "history-start", "data-row": true,
      onclick: () => this.#go(back), title: back ? `Undoes all ${many(back, "step")} of yours` : "You are here" },
    h("span.thumb.tl", {}, icon("flag")), h("span.what", {}, "The beginning"));
    if (!back) row.setAttribute("aria-disabled", "true");
    return row;
  }

  /**
   * So many undos of your own, or redos if below 0, in one request.
   * @param {number | null} steps
   */
  #go(steps) {
    if (!steps) return;
    this.client.jump(steps > 0 ? "undo" : "redo", Math.abs(steps));
  }
}

/**
 * What a press of a row does, or why it does nothing.
 * @param {Pick<Done, "yours" | "steps" | "standing" | "words">} done
 */
export function titleOf({ yours, steps, standing, words }) {
  if (steps === 0) return `The last thing you did: ${words}`;
  if (steps === null) return yours ? "Undone before you went on: it cannot come back" : standing
    ? "Only who did it can undo it" : "Undone by who did it";
  return steps > 0 ? `Goes back here: ${many(steps, "undo")}` : `Goes forward here: ${many(-steps, "redo")}`;
}
