// @ts-nocheck (its types are not written yet)
/** The card: one image at a time, large, with what the model makes of it and why it hesitates. */

import { glyph, h, key, keyRange, picture, show, stateMark, write } from "../shared/dom.js";
import { count, share } from "../shared/format.js";
import { CardAlternatives } from "./card_alternatives.js";
import { CardNeighbours } from "./card_neighbours.js";

const STRIP = 13;
const TOP = 3;
const MOST_KEPT = 200; // answers of the trainer
const LEAST = 0.005; // a share that is written as 0% is no guess

export class Card {
  constructor(panel, { client, images, queue, layoutModes, actions }) {
    Object.assign(this, { client, images, queue, layoutModes, actions });
    this.cards = new CardReader(client);
    this.place = h("span.s", { "data-testid": "card-position" });
    this.alternatives = new CardAlternatives({ client, images });
    this.nearest = new CardNeighbours({ client, images });
    panel.append(h("div.h", {}, "Label next", this.place, h("span.sp"), layoutModes.makeSwitch("card")), this.#strip(),
      h("div.top", {}, this.#picture(), this.#guesses()), this.alternatives.element, this.nearest.element, this.#empty());
    this.#stops = [
      queue.on("change", () => this.update()), layoutModes.on("view", () => this.update()),
      ...["state", "focus", "guesses"].map((name) => client.on(name, () => this.update())),
    ];
  }

  #stops;

  destroy() {
    for (const stop of this.#stops) stop();
  }

  #strip() {
    this.strip = Array.from({ length: STRIP }, () => {
      const image = picture(".im");
      const element = h("button.frame", { onclick: () => this.client.setFocus(Number(element.dataset.example)),
        onpointerenter: () => this.client.setHover(Number(element.dataset.example)),
        onpointerleave: () => this.client.setHover(null) }, image.element);
      return { element, image };
    });
    return h("div.row.strip", { "data-testid": "strip" }, ...this.strip.map((one) => one.element));
  }

  #picture() {
    this.image = picture(".big-image");
    this.image.element.dataset.testid = "card-image";
    this.image.canvas.setAttribute("role", "img");
    this.image.canvas.setAttribute("aria-label", "The framed image");
    this.said = h("span.badge");
    return h("div.pic", {}, this.image.element, this.said);
  }

  #guesses() {
    this.bars = Array.from({ length: TOP }, () => {
      const [mark, name, fill, number] = [h("span"), h("span.name"), h("i"), h("b")];
      return { mark, name, fill, number, element: h("div.row.guess-bar", {}, mark, name, h("span.track", {}, fill), number) };
    });
    this.none = h("div.s.no-guess");
    const button = (id, text, letter, act, kind = "") => h(`button.btn${kind}`, { "data-testid": `card-${id}`, onclick: act },
      text, key(letter));
    this.acceptText = h("span");
    this.accept = button("accept", this.acceptText, "↵", () => this.actions.accept(), ".p");
    this.hint = h("div.s.row.or");
    return h("div.guesses", {}, h("div.s.title", {}, "The model's guess"), ...this.bars.map((bar) => bar.element), this.none,
      h("div.row.verbs", {}, this.accept, button("unsure", "Unsure", "U", () => this.actions.put("unsure")),
        button("skip", "Skip", "X", () => this.actions.put("skip")), button("junk", "Junk", "J", () => this.actions.put("junk"))),
      this.hint);
  }

  #empty() {
    this.empty = h("div.nothing.s", { "data-testid": "card-empty" });
    return this.empty;
  }

  update() {
    if (this.layoutModes.view !== "card" || !this.client.state) return;
    const { client, queue } = this;
    const { focus } = client;
    this.#updateStrip();
    const at = queue.page.findIndex((item) => item.example === focus);
    const all = queue.page.length + queue.coming.length;
    const order = queue.answer ? ` · ${lowerFirst(queue.answer.title)}` : "";
    write(this.place, at >= 0 ? `${count(at + 1)} of ${count(all)}${order}` : focus !== null ? `image ${focus}, framed on the map` : "");
    for (const part of [this.image.element.closest(".top"), this.alternatives.element, this.nearest.element]) show(part, focus !== null);
    show(this.empty, focus === null);
    write(this.empty, queue.isWaiting ? "The first images are on their way." : "Nothing is framed. Click an image on the map.");
    if (focus === null) return;
    this.images.draw(this.image.canvas, focus);
    this.#updateGuesses(focus);
    this.#updateSaid(focus);
    this.#showCard(focus, at >= 0 ? queue.page[at].why : "");
  }

  #updateStrip() {
    this.strip.forEach(({ element, image }, k) => {
      const example = this.queue.page[k]?.example;
      show(element, example !== undefined);
      if (example === undefined) return;
      element.dataset.example = example;
      element.setAttribute("aria-label", `image ${example}`);
      this.images.draw(image.canvas, example);
      element.classList.toggle("f", example === this.client.focus);
      element.classList.toggle("done", !this.queue.isOpen(example));
    });
  }

  #updateSaid(example) {
    this.said.replaceChildren(...markOf(this.client, example, "l"));
  }

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
    write(this.none, client.state.trainer.state === "failed" ? "There is no guess: the trainer is not running."
      : "The model has no guess yet. It guesses as soon as one class has a label.");
    show(this.accept, guesses.length > 0);
    if (guesses.length) write(this.acceptText, `Accept ${guesses[0].cls.name}`);
    const keys = keyRange(client.classes);
    if (this.hint.dataset.seen === keys) return;
    this.hint.dataset.seen = keys;
    const [from, to] = keys.split(" to ");
    this.hint.replaceChildren("Or press a class key, ", ...(to ? [key(from), " – ", key(to)] : [key(from)]), ". The next card opens at once.");
  }

  /** What the trainer says of it, now or when it has answered (if still wanted then). */
  async #showCard(example, why) {
    const show = (card, trouble) => {
      if (this.client.focus !== example) return;
      this.#updateGuesses(example);
      const said = trouble || card.trouble;
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

/** GET card of one example at a time; an older answer stays in sight until the new one has come. */
class CardReader {
  constructor(client) {
    this.client = client;
  }

  #kept = new Map(); // example -> {card, of: what it was asked of}
  #asked = new Map(); // example -> the question under way

  peek(example) {
    return this.#kept.get(example)?.card ?? null;
  }

  isFresh(example) {
    return this.#kept.get(example)?.of === this.#now;
  }

  /** The snapshot and what the trainer does: where either is another, so may the answer be. */
  get #now() {
    const { guesses, state } = this.client;
    return `${guesses?.rev} ${state.trainer.state}`;
  }

  /** {card, trouble}: one of them is there. */
  ask(example) {
    if (!this.#asked.has(example))
      this.#asked.set(example, this.#ask(example).finally(() => this.#asked.delete(example)));
    return this.#asked.get(example);
  }

  async #ask(example) {
    const of = this.#now;
    try {
      const card = await this.client.api.get(`card?example=${example}`);
      if (this.#kept.size > MOST_KEPT) this.#kept.clear();
      this.#kept.set(example, { card, of });
      return { card, trouble: "" };
    } catch (error) {
      return { card: null, trouble: error.isSentence ? error.message : "The trainer does not answer now." };
    }
  }
}

/** The likeliest classes of an example: those of its card, or the two that all guesses hold. */
function topGuesses(client, example, card) {
  const guess = client.guessOf(example);
  const known = card?.guesses?.map((one) => [one.class, one.p])
    ?? (guess ? [[guess.best, guess.p], [guess.second, guess.p2]] : []);
  return known.map(([id, p]) => ({ cls: client.classOf(id), p })).filter(({ cls, p }, k) => cls && (!k || p >= LEAST)).slice(0, TOP);
}

function markOf(client, example, size = "") {
  const cls = client.classOf(client.labelOf(example));
  const state = client.stateOf(example);
  return cls ? [glyph(cls, size)] : state ? [stateMark(state)] : [];
}

/** "Close calls" -> "close calls", within a line. */
function lowerFirst(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
