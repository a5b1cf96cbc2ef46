/**
 * "Label next": the examples that the acquisition strategy asks about, twelve at a time.
 *
 * The page under the hands is never reshuffled. New suggestions replace only what was not shown
 * yet; they are asked for at each page and whenever fewer than 24 wait, so that typing never stalls.
 */

import { TileGrid } from "./tiles.js";
import { h, icon, key, keyRange, show, write } from "./dom.js";
import { count } from "./format.js";
import { sleep } from "./transport.js";

const BATCH = 48;
const LOW = 24;
const STORED = "ssvae.strategy";

export class Queue {
  constructor(panel, { lab, images }) {
    this.lab = lab;
    this.strategy = stored() ?? "auto";
    this.page = []; // items on screen: {example, why}
    this.coming = []; // items not shown yet
    this.skipped = new Set(); // on this page
    this.isWaiting = true; // the next page has not come yet
    this.grid = new TileGrid({ lab, images, frame: (example) => lab.setFocus(example), owner: this });
    panel.append(this.#header(), this.grid.element, this.#empty(), this.#why(), this.#hints());
    this.#stops = [
      lab.on("state", () => this.#onState()),
      lab.on("labels", () => this.update()),
      lab.on("guesses", () => this.update()),
      lab.on("focus", () => this.update()),
      lab.on("hover", () => this.grid.showHover()),
      lab.on("saving", () => this.grid.update(this.page)),
    ];
    this.#query.addEventListener("change", this.#resized);
  }

  #stops;
  #without = new Set(); // skipped examples, left out of the next request only
  #isAsking = false;
  #askAgain = false;
  #isDry = false; // the server has nothing more to suggest
  #query = matchMedia("(max-height: 799px)");
  #resized = () => this.#fit();

  destroy() {
    for (const stop of this.#stops) stop();
    this.#query.removeEventListener("change", this.#resized);
  }

  get size() {
    return this.#query.matches ? 9 : 12;
  }

  // -- what the hand does

  /** After a label: frames the next tile without one, or turns the page. */
  next() {
    const open = this.page.filter((item) => this.#isOpen(item.example));
    if (!open.length) return this.#turn();
    const here = this.page.findIndex((item) => item.example === this.lab.focus);
    const after = open.find((item) => this.page.indexOf(item) > here) ?? open[0];
    this.lab.setFocus(after.example);
    this.#replenish();
  }

  /** After a label elsewhere: goes on if the framed example has one now. */
  settle() {
    if (this.lab.focus === null || this.lab.labelOf(this.lab.focus) !== null) this.next();
  }

  skip() {
    const { focus } = this.lab;
    this.skipped.add(focus);
    this.#without.add(focus);
    this.next();
    this.update();
  }

  /** Moves the frame by columns and rows. */
  move(dx, dy) {
    const here = this.page.findIndex((item) => item.example === this.lab.focus);
    const to = here < 0 ? 0 : here + dx + 3 * dy;
    if (this.page[to]) this.lab.setFocus(this.page[to].example);
  }

  choose(strategy) {
    this.strategy = strategy;
    try {
      localStorage.setItem(STORED, strategy);
    } catch {
      // Not kept for the next visit, nothing else.
    }
    this.coming = [];
    this.#isDry = false;
    this.#ask(true);
  }

  // -- pages

  #isOpen(example) {
    return this.lab.labelOf(example) === null && !this.skipped.has(example);
  }

  #turn() {
    const ready = this.coming.filter((item) => this.lab.labelOf(item.example) === null);
    this.page = ready.slice(0, this.size);
    this.coming = ready.slice(this.size);
    this.skipped.clear();
    this.isWaiting = !this.page.length && !this.#isDry;
    this.lab.setAsked(this.page.map((item) => item.example));
    this.lab.setFocus(this.page[0]?.example ?? null);
    this.update();
    this.#ask();
  }

  /** Another height shows another number of tiles: the rest waits, or comes up. */
  #fit() {
    const all = [...this.page, ...this.coming];
    this.page = all.slice(0, this.size);
    this.coming = all.slice(this.size);
    this.lab.setAsked(this.page.map((item) => item.example));
    this.update();
  }

  #replenish() {
    const open = [...this.page, ...this.coming].filter((item) => this.#isOpen(item.example));
    if (open.length < LOW && !this.#isDry) this.#ask();
  }

  /** Asks for suggestions; `anew` also replaces the page, because the person chose another order. */
  async #ask(anew = false) {
    if (this.#isAsking) return void (this.#askAgain ||= anew);
    this.#isAsking = true;
    try {
      this.#take(await this.#fetch(anew), anew);
    } catch {
      await sleep(1000); // the page stays; asked again with the next state or key
    }
    this.#isAsking = false;
    if (this.#askAgain) {
      this.#askAgain = false;
      this.#ask(true);
    }
  }

  async #fetch(anew) {
    const { lab } = this;
    const shown = anew ? [] : this.page.map((item) => item.example);
    const unsent = lab.ledger.pending.flatMap((op) => op.examples ?? []).slice(0, 200);
    const without = [...new Set([...shown, ...unsent, ...this.#without])];
    this.#without.clear();
    const query = new URLSearchParams({ strategy: this.strategy, n: BATCH - shown.length });
    if (without.length) query.set("without", without.join(","));
    return (await lab.api.json(`queue?${query}`)).body;
  }

  #take(answer, anew) {
    const isNew = (item) => this.lab.labelOf(item.example) === null;
    const shown = new Set(anew ? [] : this.page.map((item) => item.example));
    this.coming = answer.items.filter((item) => isNew(item) && !shown.has(item.example));
    this.#isDry = this.coming.length === 0;
    this.#showStrategies(answer);
    if (anew || !this.page.some((item) => this.#isOpen(item.example))) this.#open();
    else this.update();
  }

  /** Shows what has come, without asking again at once. */
  #open() {
    const { lab } = this;
    const wasFramed = lab.asked.includes(lab.focus) || lab.focus === null;
    this.page = this.coming.slice(0, this.size);
    this.coming = this.coming.slice(this.size);
    this.skipped.clear();
    this.isWaiting = false;
    lab.setAsked(this.page.map((item) => item.example));
    if (wasFramed) lab.setFocus(this.page[0]?.example ?? null);
    this.update();
  }

  #onState() {
    if (!this.page.length && !this.#isAsking) {
      const { n } = this.lab.state.data;
      if (!this.lab.labels || this.lab.ledger.labelled < n) this.#ask();
    }
    this.update();
  }

  // -- what is seen

  #header() {
    this.select = h("select", { "data-testid": "strategy", "aria-label": "Order",
      onchange: () => (this.select.blur(), this.choose(this.select.value)) });
    this.title = h("b", {}, "");
    this.position = h("span.s", { "data-testid": "queue-position" });
    return h("div", {}, h("div.h", {}, "Label next"),
      h("div.row.order", {}, h("label.row.pick", {}, h("span.s", {}, "Order"), this.title,
        icon("arrow_drop_down"), this.select), this.position));
  }

  #showStrategies({ strategies, title }) {
    if (this.select.childElementCount !== strategies.length)
      this.select.replaceChildren(...strategies.map(({ name, title }) => h("option", { value: name }, title)));
    this.select.value = this.strategy;
    write(this.title, title);
  }

  #empty() {
    this.empty = h("div.nothing.s", { "data-testid": "queue-empty" });
    return this.empty;
  }

  #why() {
    this.whyTitle = h("b");
    this.whyText = h("span");
    return h("div.why", { "data-testid": "why" }, this.whyTitle, " ", this.whyText);
  }

  #hints() {
    this.range = h("span");
    return h("div.s.row.hints", {}, this.range, h("span", {}, key("↵"), " accept"),
      h("span", {}, key("X"), " skip"), h("span", {}, key("?"), " all keys"));
  }

  update() {
    this.grid.update(this.page);
    const all = this.page.length + this.coming.length;
    write(this.position, all ? `${count(this.page.length)} of ${count(all)}` : "");
    this.#updateEmpty();
    this.#updateWhy();
    const { classes } = this.lab;
    if (classes.length && !this.range.childElementCount)
      this.range.append(key(classes[0].key), " – ", key(classes[classes.length - 1].key), " label");
  }

  #updateEmpty() {
    const { lab } = this;
    const isDone = lab.labels && lab.ledger.labelled === lab.labels.length;
    show(this.empty, !this.page.length);
    write(this.empty, isDone ? "Every image has a label." : this.isWaiting
      ? "The first images are on their way." : "No suggestion now. Draw a lasso on the map.");
  }

  #updateWhy() {
    const { lab } = this;
    const item = this.page.find((one) => one.example === lab.focus);
    show(this.whyTitle.parentElement, this.page.length > 0);
    if (!lab.ledger.labelled && item) {
      write(this.whyTitle, "Start here.");
      write(this.whyText, `Say what the framed image is: press ${keyRange(lab.classes)}. `
        + "These images lie far apart on the map.");
    } else if (item) {
      write(this.whyTitle, "Why this one?");
      write(this.whyText, item.why);
    } else if (lab.focus !== null) {
      write(this.whyTitle, `Image ${lab.focus} is framed on the map.`);
      write(this.whyText, `Press ${keyRange(lab.classes)} to label it.`);
    } else {
      write(this.whyTitle, "Nothing is framed.");
      write(this.whyText, "Click an image, or press an arrow key.");
    }
  }
}

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
