/** "Why it hesitates": the image redrawn as its guess and as the other class that explains it best. */

import { ADDS, MISSES, paintDifference, sign } from "../shared/difference.js";
import { glyph, h, picture, show, write } from "../shared/dom.js";
import { signed } from "../shared/format.js";
import { paint } from "../shared/images.js";

/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */
/** @typedef {import("../shared/api.js").CardAnswer} CardAnswer */
/** @typedef {import("../shared/api.js").Bound} Bound */
/** @typedef {import("../shared/api.js").Redrawn} Redrawn */
/** @typedef {ReturnType<typeof picture>} Picture */
/** @typedef {{head: HTMLElement, redrawn: Picture, difference: Picture, element: HTMLElement}} Side one of the two redrawings */

const ROWS = 6;
const SURE = 0.9; // a guess above this is no hesitation

export class CardAlternatives {
  /** @param {{client: SessionClient, images: import("../shared/images.js").Images}} parts */
  constructor({ client, images }) {
    this.client = client;
    this.images = images;
    this.title = h("b.lead-title");
    this.sides = [0, 1].map(() => this.#side());
    this.rows = h("div.gap-rows");
    this.gaps = h("div.gaps", {}, h("div.s.title", { title: "Lower bound of log p(image, class), also called ELBO" },
      "Bound, gap to the best (nats)"), this.rows);
    this.legend = h("div.s.row.signs", {}, sign(ADDS, "ink the redrawing adds"), sign(MISSES, "ink it misses"));
    this.odds = h("span");
    this.legend.append(this.odds);
    this.nothing = h("div.s.why-empty", { "data-testid": "why-empty" });
    this.why = h("div.s.card-why", { "data-testid": "card-why" });
    this.domains = h("div.row.in-domains", { "data-testid": "in-domains" });
    this.body = h("div.both", {}, ...this.sides.map((side) => side.element), this.gaps);
    this.element = h("div.hesitation", { "data-testid": "hesitation" }, this.title, this.nothing, this.body, this.legend, this.domains, this.why);
  }

  client;
  images;
  title;
  sides;
  rows;
  gaps;
  legend;
  odds;
  nothing;
  why;
  domains;
  body;
  element;

  /** @returns {Side} */
  #side() {
    const head = h("div.row");
    const [redrawn, difference] = [picture(".redrawn"), picture(".redrawn")];
    return { head, redrawn, difference, element: h("div.side", {}, head, h("div.row.pair", {}, redrawn.element, difference.element)) };
  }

  /**
   * @param {number} example
   * @param {CardAnswer | null} card
   * @param {string} trouble "" with a card, "asked" while it is on its way, or why there is none
   * @param {string} why it is asked about
   */
  update(example, card, trouble, why) {
    if (this.images.texts) return this.#updateOfText(card, trouble, why);
    const redrawn = (card?.redrawn ?? []).filter((one) => this.client.classOf(one.class));
    const isThere = redrawn.length > 0;
    write(this.title, titleFor(this.client.guessOf(example)?.p ?? 0, redrawn.length > 1));
    write(this.nothing, wordsFor(trouble, this.client));
    show(this.nothing, !isThere);
    show(this.body, isThere || Boolean(card?.bounds?.length));
    show(this.legend, isThere);
    this.sides.forEach((side, k) => this.#showSide(side, redrawn[k], example, card?.bounds ?? []));
    this.#showGaps(card?.bounds ?? []);
    this.#showDomains(card?.in_domains ?? []);
    write(this.odds, this.#oddsInWords(redrawn, card?.bounds ?? [], this.client.labelOf(example)));
    write(this.why, why);
    show(this.why, Boolean(why));
  }

  /**
   * A text is not redrawn: only what the bound says of each class is shown.
   * @param {CardAnswer | null} card
   * @param {string} trouble
   * @param {string} why
   */
  #updateOfText(card, trouble, why) {
    const bounds = card?.bounds ?? [];
    write(this.title, "How well each class explains it");
    write(this.nothing, trouble === "asked" ? "The trainer is asked." : trouble || "The model says it once it has learned the classes.");
    show(this.nothing, !bounds.length);
    show(this.body, bounds.length > 0);
    show(this.legend, false);
    this.#showGaps(bounds);
    write(this.why, why);
    show(this.why, Boolean(why));
  }

  /**
   * @param {Side} side
   * @param {Redrawn | undefined} one
   * @param {number} example
   * @param {Bound[]} bounds
   */
  #showSide(side, one, example, bounds) {
    const cls = this.client.classOf(one?.class);
    const { shape } = this.images;
    show(side.element, Boolean(cls));
    if (!one || !cls || !shape) return;
    const gap = bounds.find((bound) => bound.class === one.class)?.gap;
    side.head.replaceChildren(glyph(cls, "l"), h("b", {}, `as ${article(cls.name)} ${cls.name}`),
      h("span.s", {}, gap === undefined ? "" : gap === 0 ? "fits best" : `fits ${Math.abs(gap).toFixed(1)} worse`));
    const pixels = bytesOf(one.pixels);
    paint(side.redrawn.canvas, pixels, shape);
    this.images.get(example).then((image) => paintDifference(side.difference.canvas, image, pixels, shape), () => {});
  }

  /**
   * The image as it would be in each domain: drawn from its style, as the guess.
   * @param {{domain: number, pixels: string}[]} drawn
   */
  #showDomains(drawn) {
    const { shape } = this.images;
    const domains = this.client.state?.data.domains ?? [];
    const known = drawn.filter((one) => domains[one.domain] && shape);
    show(this.domains, known.length > 0);
    this.domains.replaceChildren(...known.map(({ domain, pixels }) => {
      const image = picture(".redrawn");
      if (shape) paint(image.canvas, bytesOf(pixels), shape);
      return h("div", {}, image.element, h("div.s", {}, `as in ${domains[domain].name}`));
    }));
  }

  /** @param {Bound[]} bounds */
  #showGaps(bounds) {
    const known = bounds.flatMap(({ class: id, gap }) => {
      const cls = this.client.classOf(id);
      return cls ? [{ cls, gap }] : [];
    }).slice(0, ROWS);
    show(this.gaps, known.length > 0);
    const worst = Math.max(1, ...known.map(({ gap }) => -gap));
    this.rows.replaceChildren(...known.map(({ cls, gap }, k) => {
      const bar = h("i");
      bar.style.width = `${Math.max(2, (-gap / worst) * 76)}px`;
      if (-gap < 3) bar.style.background = "var(--accent)";
      return h("div.row", {}, glyph(cls), bar, h("span.sp"),
        h(k < 2 ? "b" : "span.s", {}, gap === 0 ? "best" : signed(gap)));
    }));
  }

  /**
   * What the gap between the two redrawings says; that the bound contradicts the first, if it does.
   * @param {Redrawn[]} redrawn
   * @param {Bound[]} bounds
   * @param {number | null} label
   */
  #oddsInWords(redrawn, bounds, label) {
    const [first, other] = redrawn.map(({ class: id }) => bounds.find((bound) => bound.class === id));
    if (!first || !other) return "";
    const gap = first.gap - other.gap;
    const nats = `${Math.abs(gap).toFixed(1)} ${Math.abs(gap).toFixed(1) === "1.0" ? "nat" : "nats"}`;
    if (gap < 0) {
      const [said, better] = [first, other].map((bound) => this.client.classOf(bound.class)?.name);
      return `${label === first.class ? "You said" : "The guess is"} ${said}, but ${better} explains it better, by ${nats}: look twice.`;
    }
    const odds = gap > 9 ? "more than 10 000" : Math.exp(gap).toFixed(Math.exp(gap) < 20 ? 1 : 0);
    return `A gap of ${nats} is odds of ${odds} to 1: ${gap < 2.3 ? "your label decides" : "little doubt, by the bound"}.`;
  }
}

/**
 * A model that is sure does not hesitate, whatever it can redraw.
 * @param {number} p of its guess
 * @param {boolean} canBoth
 */
function titleFor(p, canBoth) {
  const title = p < SURE ? "Why it hesitates" : "What it sees";
  return canBoth ? `${title}: it can redraw this image both ways` : title;
}

/**
 * Why there are no redrawings: on their way, too few labels, the trainer's own words, or too early.
 * @param {string} trouble
 * @param {SessionClient} client
 */
function wordsFor(trouble, client) {
  if (trouble === "asked") return "The trainer is redrawing it.";
  if (client.state?.trainer.state === "failed") return "Nothing is redrawn: the trainer is not running.";
  if (!client.guesses) return "The model knows no classes yet. Label a few images, and it redraws this one as its best guesses.";
  return trouble || "The model has not learned the classes yet. Once it has, it redraws this image as its two best guesses.";
}

const article = (/** @type {string} */ name) => (/^([aeiou]|8|11$|18$)/i.test(name) ? "an" : "a");

/** @param {string} base64 */
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
