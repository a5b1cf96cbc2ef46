/** "Select": a button among the map's tools, and the menu that it or the key S opens. */

import { find, focusedBeside, glyph, h, icon, key, letGo, show, write } from "../shared/dom.js";
import { count } from "../shared/format.js";
import { redraw } from "../shared/redraw.js";
import { SIMILAR, leastSureInWords } from "./select_by.js";
import { modeOf } from "./select_mode.js";

const SHARES = [0.5, 1, 2, 5, 10, 20, 30, 50]; // percent: the steps of the slider
const FIRST = 3; // 5%
/** @type {Record<string, number | undefined>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }; // by key

/** @typedef {import("./pointer.js").SelectMode} SelectMode */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("./select_by.js").SelectBy} selectBy
 */

export class SelectMenu {
  client;
  selectBy;
  button;
  kinds;
  domains = h("div.row.by-class", { "data-testid": "select-domains" });
  domainTitle = h("div.s.title", {}, "Images of the domain");
  words;
  space = h("select", { "data-testid": "similar-by", "aria-label": "What images are similar by",
    onchange: () => this.#chooseSpace() }, h("option", { value: "" }, "the map's neighbours"));
  share = h("b");
  range = h("input", { type: "range", min: 0, max: SHARES.length - 1, value: FIRST, "data-testid": "least-sure",
    "aria-label": "Share of the images that the model is least sure of", oninput: () => this.#slide() });
  element;

  /**
   * @param {HTMLElement} panel of the map, whose tools stand there
   * @param {Parts} parts
   */
  constructor(panel, { client, selectBy }) {
    this.client = client;
    this.selectBy = selectBy;
    this.button = h("button", { "data-testid": "select-menu", title: "Select by likeness, class or doubt (S)",
      "aria-expanded": "false", onclick: () => this.toggle() }, icon("ink_selection"), h("span.word", {}, "Select"), key("S"));
    this.kinds = h("div.row.by-class");
    this.words = h("span.s", { "data-testid": "least-sure-words" });
    this.element = h("div.card.menu", { "data-testid": "select-card", role: "group", "aria-label": "Select",
      onkeydown: (event) => this.#onKey(event) },
      this.#row("select-similar", "scatter_plot", `The ${SIMILAR} most similar to the framed image`, "⇧S",
        (mode) => selectBy.similar(mode)),
      h("label.row.by-space.s", {}, "similar by", this.space),
      this.#row("select-island", "join", "Island around the framed image", "⇧I",
        (mode) => selectBy.island(mode)),
      h("div.s.title", {}, "Unlabelled images that the model takes for"), this.kinds,
      h("div.s.title", {}, "Unlabelled images that it is least sure of"), this.#slider(), this.domainTitle, this.domains,
      h("div.s.foot", {}, key("⇧"), " adds, ", key("Alt"), " removes. A double click takes an island."));
    find(panel, ".tool.left")?.append(this.button);
    panel.append(this.element);
    show(this.element, false);
    this.#stops = [client.on("guesses", () => this.update()), client.on("state", () => this.update())];
    document.addEventListener("pointerdown", this.#outside, true);
  }

  #stops;
  /** @type {HTMLElement | null} */
  #before = null; // what had the focus, if by keyboard
  #outside = (/** @type {PointerEvent} */ event) => {
    const path = event.composedPath();
    if (!path.includes(this.element) && !path.includes(this.button)) this.close();
  };

  destroy() {
    for (const stop of this.#stops) stop();
    document.removeEventListener("pointerdown", this.#outside, true);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  toggle() {
    if (this.isOpen) return this.close();
    const before = focusedBeside(this.element);
    this.#before = before?.matches(":focus-visible") ? before : null;
    show(this.element, true);
    this.button.classList.add("on");
    this.button.setAttribute("aria-expanded", "true");
    this.update();
    this.#showSpaces();
    this.element.querySelector("button")?.focus();
  }

  #chooseSpace() {
    this.selectBy.space = this.space.value;
    letGo(this.space);
  }

  async #showSpaces() {
    const { selectBy } = this;
    await selectBy.readSpaces();
    this.space.replaceChildren(h("option", { value: "" }, "the map's neighbours"),
      ...(selectBy.spaces ?? []).map(({ name, title }) => h("option", { value: name }, title)));
    this.space.value = selectBy.space;
  }

  close() {
    if (!this.isOpen) return false;
    const hadFocus = this.element.contains(focusedBeside(this.element));
    show(this.element, false);
    this.button.classList.remove("on");
    this.button.setAttribute("aria-expanded", "false");
    if (hadFocus) this.#before?.focus();
    return true;
  }

  /**
   * @param {string} id for tests
   * @param {string} sign
   * @param {string} text
   * @param {string} letter
   * @param {(mode: SelectMode) => void} choose
   */
  #row(id, sign, text, letter, choose) {
    return h("button.row.option", { "data-testid": id, onclick: (event) => choose(modeOf(event)) },
      icon(sign), h("span", {}, text), h("span.sp"), key(letter));
  }

  #slider() {
    return h("div.least-sure", {}, h("div.row", {}, this.range, this.share), h("div.row", {}, this.words,
      h("span.sp"), h("button.btn.small", { "data-testid": "select-least-sure",
        onclick: (event) => this.selectBy.leastSure(this.#part, modeOf(event)) }, "Select")));
  }

  get #part() {
    return this.#percent / 100;
  }

  get #percent() {
    return SHARES[Number(this.range.value)];
  }

  /** The selection follows the slider, as it follows a lasso. */
  #slide() {
    this.selectBy.leastSure(this.#part);
    this.update();
  }

  update() {
    if (!this.isOpen) return;
    const { client } = this;
    write(this.share, `${this.#percent}%`);
    write(this.words, client.guesses ? leastSureInWords(client, this.#part) : "There is no guess yet: label an image first.");
    this.range.disabled = !client.guesses;
    this.#showKinds();
    this.#showDomains();
  }

  #seenDomains = "";

  #showDomains() {
    const { domains } = this.selectBy.colourSources;
    for (const part of [this.domainTitle, this.domains]) show(part, domains.length > 0);
    if (this.#seenDomains === JSON.stringify(domains)) return;
    this.#seenDomains = JSON.stringify(domains);
    redraw(this.domains, () => this.domains.replaceChildren(...domains.map(({ name, n }, place) => h("button.btn.small", {
      "data-testid": `select-domain-${place}`, onclick: (event) => void this.selectBy.ofDomain(place, modeOf(event)) },
    name, h("span.s", {}, count(n))))));
  }

  #seen = "";

  #showKinds() {
    const { client } = this;
    const seen = JSON.stringify(client.classes.map(({ id, name, glyph, look }) => [id, name, glyph, look]));
    if (seen === this.#seen) return;
    this.#seen = seen;
    redraw(this.kinds, () => this.kinds.replaceChildren(...client.classes.map((cls) => h("button.kind", { title: `What the model takes for ${cls.name}`,
      "data-testid": `select-class-${cls.id}`,
      onclick: (event) => this.selectBy.ofClass(cls.id, modeOf(event)) }, glyph(cls, "l")))));
  }

  /**
   * Arrows go through the menu; Enter and Space press, with Shift and Alt as a click has them.
   * @param {KeyboardEvent} event
   */
  #onKey(event) {
    const focused = focusedBeside(this.element);
    const on = [.../** @type {NodeListOf<HTMLElement>} */ (this.element.querySelectorAll("button, input"))];
    const step = STEPS[event.key];
    const isSlider = focused === this.range && ["ArrowLeft", "ArrowRight"].includes(event.key);
    if (step && !isSlider) {
      on[(on.findIndex((one) => one === focused) + step + on.length) % on.length].focus();
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Escape" && this.close()) event.stopPropagation();
  }
}
