/** The card: one image at a time, large, with what the model makes of it and why it hesitates. */

import { glyph, h, key, keyRange, picture, show, stateMark, write } from "../shared/dom.js";
import { count, share } from "../shared/format.js";
import { CardAlternatives } from "./card_alternatives.js";
import { CardNeighbours } from "./card_neighbours.js";
import { TextCard } from "../texts/text_card.js";
import { nounOf } from "../texts/texts.js";
import { CardReader } from "./card_reader.js";

/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */
/** @typedef {import("../shared/api.js").CardAnswer} CardAnswer */

const STRIP = 13;
const TOP = 3;
const LEAST = 0.005; // a share that is written as 0% is no guess

export class Card {
  /**
   * @param {HTMLElement} panel
   * @param {object} parts
   * @param {SessionClient} parts.client
   * @param {import("../shared/images.js").Images} parts.images
   * @param {import("./queue.js").Queue} parts.queue
   * @param {import("./layout_modes.js").LayoutModes} parts.layoutModes
   * @param {import("../session/actions.js").Actions} parts.actions
   */
  constructor(panel, { client, images, queue, layoutModes, actions }) {
    this.client = client;
    this.images = images;
    this.queue = queue;
    this.layoutModes = layoutModes;
    this.actions = actions;
    this.cards = new CardReader(client);
    this.text = new TextCard(client);
    this.top = h("div.top", {}, this.#picture(), this.#guesses());
    this.place = h("span.s", { "data-testid": "card-position" });
    this.alternatives = new CardAlternatives({ client, images });
    this.nearest = new CardNeighbours({ client, images });
    panel.append(h("div.h", {}, "Label next", this.place, h("span.sp"), layoutModes.makeSwitch("card")),
      h("div.row.strip", { "data-testid": "strip" }, ...this.strip.map((one) => one.element)),
      this.top, this.alternatives.element, this.nearest.element, this.empty);
    this.#stops = [
      queue.on("change", () => this.update()), layoutModes.on("view", () => this.update()),
      client.on("state", () => this.update()), client.on("focus", () => this.update()),
      client.on("guesses", () => this.update()),
    ];
  }

  client;
  images;
  queue;
  layoutModes;
  actions;
  cards;
  place;
  alternatives;
  nearest;
  strip = Array.from({ length: STRIP }, () => this.#stripImage());
  image = picture(".big-image");
  /** @type {TextCard} */
  text;
  said = h("span.badge");
  bars = Array.from({ length: TOP }, guessBar);
  none = h("div.s.no-guess");
  acceptText = h("span");
  accept = this.#button("accept", this.acceptText, "↵", () => this.actions.accept(), ".p");
  hint = h("div.s.row.or");
  top;
  empty = h("div.nothing.s", { "data-testid": "card-empty" });
  #stops;

  destroy() {
    for (const stop of this.#stops) stop();
  }

  #stripImage() {
    const image = picture(".im");
    const element = h("button.frame", { onclick: () => this.client.setFocus(Number(element.dataset.example)),
      onpointerenter: () => this.client.setHover(Number(element.dataset.example)),
      onpointerleave: () => this.client.setHover(null) }, image.element);
    return { element, image };
  }

  #picture() {
    this.image.element.dataset.testid = "card-image";
    this.image.canvas.setAttribute("role", "img");
    this.image.canvas.setAttribute("aria-label", "The framed image");
    return h("div.pic", {}, this.image.element, this.said, this.text.element);
  }

  /**
   * @param {string} id
   * @param {string | Node} text
   * @param {string} letter its key
   * @param {() => void} act
   */
  #button(id, text, letter, act, kind = "") {
    return h(`button.btn${kind}`, { "data-testid": `card-${id}`, onclick: act }, text, key(letter));
  }

  #guesses() {
    return h("div.guesses", {}, h("div.s.title", {}, "The model's guess"), ...this.bars.map((bar) => bar.element), this.none,
      h("div.row.verbs", {}, this.accept, this.#button("unsure", "Unsure", "U", () => this.actions.put("unsure")),
        this.#button("skip", "Skip", "X", () => this.actions.put("skip")), this.#button("junk", "Junk", "J", () => this.actions.put("junk"))),
      this.hint);
  }

  update() {
    if (this.layoutModes.view !== "card" || !this.client.state) return;
    const { client, queue } = this;
    const { focus } = client;
    this.#updateStrip();
    const at = queue.page.findIndex((item) => item.example === focus);
    const all = queue.page.length + queue.coming.length;
    const order = queue.answer ? ` · ${lowerFirst(queue.answer.title)}` : "";
    write(this.place, at >= 0 ? `${count(at + 1)} of ${count(all)}${order}` : focus !== null ? `${nounOf(client)} ${focus}, framed on the map` : "");
    for (const part of [this.top, this.alternatives.element, this.nearest.element]) show(part, focus !== null);
    show(this.empty, focus === null);
    write(this.empty, queue.isWaiting ? "The first images are on their way." : "Nothing is framed. Click an image on the map.");
    if (focus === null) return;
    if (this.images.texts) this.text.update(focus);
    else this.images.draw(this.image.canvas, focus);
    this.#updateGuesses(focus);
    this.#updateSaid(focus);
    this.#showCard(focus, at >= 0 ? queue.page[at].why : "");
  }

  #updateStrip() {
    this.strip.forEach(({ element, image }, k) => {
      const example = this.queue.page[k]?.example;
      show(element, example !== undefined);
      if (example === undefined) return;
      element.dataset.example = String(example);
      element.setAttribute("aria-label", `image ${example}`);
      this.images.draw(image.canvas, example);
      element.classList.toggle("f", example === this.client.focus);
      element.classList.toggle("done", !this.queue.isOpen(example));
    });
  }

  /** @param {number} example */
  #updateSaid(example) {
    this.said.replaceChildren(...markOf(this.client, example, "l"));
  }

  /** @param {number} example */
  #updateGuesses(example) {
    const { client } = this;
    const guesses = topGuesses(client, example, this.cards.peek(example));
    const areNamed = client.classes.some((cls) => cls.name !== cls.glyph);
    this.bars.forEach(({ element, mark, name, fill, number }, k) => {
      const one = guesses[k];
      show(element, Boolean(one));
      if (!one) return;
      mark.replaceChildren(glyph(one.cls, "xl"));
      fill.style.width = `${Math.max(1, 100 * one.p)}%`;
      fill.style.background = one.cls.look.isGrey ? "var(--text3)" : one.cls.look.fill;
      show(name, areNamed);
      write(name, one.cls.name);
      write(number, share(one.p));
    });
    show(this.none, !guesses.length);
    write(this.none, client.state?.trainer.state === "failed" ? "There is no guess: the trainer is not running."
      : "The model has no guess yet. It guesses as soon as one class has a label.");
    show(this.accept, guesses.length > 0);
    if (guesses.length) write(this.acceptText, `Accept ${guesses[0].cls.name}`);
    const keys = keyRange(client.classes);
    if (this.hint.dataset.seen === keys) return;
    this.hint.dataset.seen = keys;
    const [from, to] = keys.split(" to ");
    this.hint.replaceChildren("Or press a class key, ", ...(to ? [key(from), " – ", key(to)] : [key(from)]), ". The next card opens at once.");
  }

  /**
   * What the trainer says of it, now or when it has answered (if still wanted then).
   * @param {number} example
   * @param {string} why it is asked about
   */
  async #showCard(example, why) {
    const show = (/** @type {CardAnswer | null} */ card, /** @type {string} */ trouble) => {
      if (this.client.focus !== example) return;
      this.#updateGuesses(example);
      const said = trouble || (card?.trouble ?? "");
      this.alternatives.update(example, card, said, why);
      this.nearest.update(card, said);
    };
    const here = this.cards.peek(example);
    show(here, here ? "" : "asked");
    if (this.cards.isFresh(example)) return;
    const { card, trouble } = await this.cards.ask(example);
    show(card, trouble);
  }
}

/** A line for one of the likeliest classes. */
function guessBar() {
  const [mark, name, fill, number] = [h("span"), h("span.name"), h("i"), h("b")];
  return { mark, name, fill, number, element: h("div.row.guess-bar", {}, mark, name, h("span.track", {}, fill), number) };
}

/**
 * The likeliest classes of an example: those of its card, or the two that all guesses hold.
 * @param {Pick<SessionClient, "guessOf" | "classOf">} client
 * @param {number} example
 * @param {CardAnswer | null} card
 */
export function topGuesses(client, example, card) {
  const guess = client.guessOf(example);
  const known = card?.guesses
    ?? (guess ? [{ class: guess.best, p: guess.p }, { class: guess.second, p: guess.p2 }] : []);
  return known.flatMap(({ class: id, p }, k) => {
    const cls = client.classOf(id);
    return cls && (!k || p >= LEAST) ? [{ cls, p }] : [];
  }).slice(0, TOP);
}

/**
 * What was said of an example, as a mark.
 * @param {SessionClient} client
 * @param {number} example
 */
function markOf(client, example, size = "") {
  const cls = client.classOf(client.labelOf(example));
  const state = client.stateOf(example);
  return cls ? [glyph(cls, size)] : state ? [stateMark(state)] : [];
}

/**
 * "Close calls" -> "close calls", within a line.
 * @param {string} text
 */
function lowerFirst(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
