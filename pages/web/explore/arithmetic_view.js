/** Arithmetic: what one group of images has and another lacks, added to any image; with how far the pairs agree. */

import { h, icon, key, picture, show, walkByArrows, write } from "../shared/dom.js";
import { plusMinus, twoPlaces } from "../shared/format.js";
import { paint } from "../shared/images.js";
import { Random, anySeed } from "../shared/random.js";
import { membersOf, neighbouringPair } from "./class_members.js";
import { agreement, along, directionOf, pairUp } from "./directions.js";
import { GroupBox } from "./group_box.js";
import { ImageSlot } from "./image_slot.js";
import { PairResults } from "./pair_results.js";
import { SaveMenu } from "./save_menu.js";
import { segments } from "./segments.js";
import { hasTwoSpaces } from "./spaces.js";
import { each } from "./sheet.js";

const PAIRS = 48; // that the mean is of
const SHOWN = 12; // of them
const STRENGTHS = [-0.5, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const AGAIN = 1500; // ms after which a model that learns is asked anew
const REST = 400; // ms until the link says what is shown

/** @typedef {import("./explore_page.js").Shared} Shared */
/** @typedef {import("./decoder.js").Space} Space */

export class ArithmeticView {
  /**
   * @param {HTMLElement} panel
   * @param {Shared} shared
   */
  constructor(panel, shared) {
    this.shared = shared;
    this.seed = shared.link.seed;
    const { client, images, decoder, codes } = shared;
    const changed = () => this.#change();
    this.plus = new GroupBox(shared, "With", changed);
    this.minus = new GroupBox(shared, "Without", changed);
    this.#slot = new ImageSlot({ client, images, name: "Added to", press: () => this.#wait(!this.#isNext) });
    this.#spaces = segments("What changes", [["code", "Whole image"], ["style", "Style alone"]], (space) => {
      this.#space = space;
      this.#change();
    });
    this.#slider.addEventListener("input", () => this.#turn(Number(this.#slider.value) / 100));
    this.#pairs = new PairResults(images);
    this.#save = new SaveMenu({ make: () => this.#pictures(), say: (text) => client.say(text, "bad"), isFilm: false });
    this.#strip = STRENGTHS.map((strength) => {
      const tile = picture();
      const button = h("button.film-step", { tabindex: strength === 1 ? "0" : "-1", title: `strength ${strength}`, onclick: () => this.#turn(strength) },
        tile.element, h("span.s", {}, plusMinus(strength)));
      return { tile, button };
    });
    const strip = h("div.film-strip", { role: "group", "aria-label": "By strength", style: `--steps: ${STRENGTHS.length}`, "data-testid": "strengths" },
      ...this.#strip.map(({ button }) => button));
    walkByArrows(strip, "button");
    this.#body = h("div.film-body", {}, strip,
      h("div.row.sum", {}, this.#large.before.element, icon("arrow_forward"), this.#large.after.element, h("div.sum-words", {},
        h("div.row", {}, h("span.s", {}, "Strength"), this.#slider, this.#strengthWords),
        h("div.row.agreement", {}, this.#cosine, h("span", {}, this.#agreement, h("div.s", {}, this.#error))))),
      h("div.row", {}, h("b", {}, "Pairs alone"), h("span.s", {}, "with, without, and what one pair alone makes of the image"), h("span.sp"),
        h("button.btn.gh.small", { "data-testid": "other-pairs", onclick: () => this.again() }, "Other pairs", key("S"))), this.#pairs.element);
    const box = h("section.panel.film-panel", { "aria-label": "Arithmetic", "data-testid": "arithmetic" });
    panel.append(box);
    box.append(h("div.h.film-head", {}, "Add what one group has and another lacks", h("span.sp"), this.#spaces.element, this.#save.element),
      h("div.row.film-controls.sum-groups", {}, this.plus.element, h("b.sign", {}, "−"), this.minus.element, h("b.sign", {}, "+"),
        h("div.sum-slot", {}, this.#slot.element, h("button.btn.gh.small", { "data-testid": "any-image", title: "Another image of those without (E)", onclick: () => this.#takeAny() }, "Another", key("E")))),
      this.#why, this.#body);
    this.#stops = [decoder.on("changed", () => this.#later()), codes.on("changed", () => this.#later()),
      client.on("guesses", () => this.#later()), client.on("map", () => this.#later()), client.on("focus", () => this.#takeFocus())];
  }

  shared;
  seed;
  plus;
  minus;
  strength = 1;
  /** @type {import("./directions.js").Direction | null} */
  direction = null;
  /** @type {number | null} */
  example = null; // that it is added to
  #slot;
  #spaces;
  #save;
  #strip;
  #body;
  #slider = h("input.film-slider", { type: "range", min: -200, max: 300, value: 100, "aria-label": "Strength", "data-testid": "strength" });
  #strengthWords = h("b.film-way");
  #large = { before: picture(".film-large"), after: picture(".film-large") };
  #cosine = h("b.huge", { "data-testid": "pairs-cosine" });
  #agreement = h("div", { "data-testid": "pairs-agree" });
  #error = h("span");
  #pairs;
  #why = h("div.film-why", { role: "status", "data-testid": "sum-why" });
  #stops;
  /** @type {Space} */
  #space = "code";
  #isShown = false;
  #isNext = false;
  #asked = 0;
  /** @type {import("./directions.js").Pair[]} */
  #chosen = [];
  #askedPairs = "";
  /** @type {Uint8Array | null} */
  #drawn = null; // strip, then the result, then each pair's
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #linkTimer;

  show() {
    this.#isShown = true;
    this.shared.codes.load();
    this.#refresh();
  }

  hide() {
    this.#isShown = false;
  }

  destroy() {
    this.hide();
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
    clearTimeout(this.#linkTimer);
  }

  /** @param {Record<string, any>} state */
  restore({ space, plus, minus, example, strength, seed }) {
    if (space === "style" || space === "code") this.#space = space;
    this.plus.restore(plus);
    this.minus.restore(minus);
    if (Number.isInteger(example) && example >= 0) this.example = example;
    if (Number.isFinite(strength)) this.strength = Math.min(3, Math.max(-2, strength));
    if (Number.isInteger(seed)) this.seed = seed;
    if (this.#isShown) this.#refresh();
  }

  /**
   * True if the key meant something here.
   * @param {KeyboardEvent} event
   */
  key(event) {
    const pressed = event.key.toLowerCase();
    if (event.shiftKey || event.repeat || !["s", "e"].includes(pressed)) return false;
    if (pressed === "s") this.again();
    else this.#takeAny();
    return true;
  }

  again() {
    this.seed = (this.seed + 1) % 100000;
    this.#change();
  }

  /** @param {boolean} isNext */
  #wait(isNext) {
    this.#isNext = isNext;
    this.#slot.show(this.example, isNext);
  }

  #takeFocus() {
    const { focus } = this.shared.client;
    if (!this.#isShown || !this.#isNext || focus === null) return;
    this.#take(focus);
  }

  /** One of those that lack it: what a person without a pointer may take. */
  #takeAny() {
    const all = this.minus.all();
    if (all.length) this.#take(all[new Random(anySeed()).below(all.length)]);
  }

  /** @param {number} example */
  #take(example) {
    this.example = example;
    this.#isNext = false;
    this.#change();
  }

  #change() {
    this.#refresh();
    this.#tellLink();
  }

  #later() {
    this.#timer ||= setTimeout(() => {
      this.#timer = undefined;
      this.#refresh();
    }, this.direction ? AGAIN : 50);
  }

  /** Until somebody chooses: from one class to the one beside it on the map. */
  #begin() {
    const { client, codes, map } = this.shared;
    if (!map.shown) return;
    const members = membersOf(client, codes.n);
    const pair = neighbouringPair(members, map.shown);
    if (!pair) return;
    const [from, to] = pair.map((example) => codes.classOf(example));
    if (this.minus.cls === null && !this.minus.examples.length) this.minus.cls = from;
    if (this.plus.cls === null && !this.plus.examples.length) this.plus.cls = to;
    if (this.example === null) this.example = pair[0];
  }

  #refresh() {
    if (!this.#isShown) return;
    const { decoder, codes } = this.shared;
    show(this.#spaces.element, hasTwoSpaces(this.shared));
    this.#spaces.show(this.#space);
    if (!decoder.ready || !codes.has(this.#space)) return this.#say(decoder.ready ? "Reading what the model knows of each image." : decoder.why);
    this.#begin();
    if (this.example !== null && this.example >= codes.n) this.example = null;
    this.#choosePairs();
    this.plus.show(this.#chosen.map(([plus]) => plus));
    this.minus.show(this.#chosen.map(([, minus]) => minus));
    this.#slot.show(this.example, this.#isNext);
    if (!this.#chosen.length || this.example === null)
      return this.#say("Choose two groups and an image: each group is a class, or what you select on the map. Classes need labels first.");
    this.direction = directionOf(this.#chosen, (example) => codes.of(this.#space, example));
    this.#say("");
    this.#showAgreement(this.direction);
    this.#turn(this.strength);
  }

  /** Pairs stay while the model learns, until other groups or other pairs are asked for. */
  #choosePairs() {
    const { codes } = this.shared;
    const asked = JSON.stringify([this.seed, this.plus.state(), this.minus.state()]);
    if (asked === this.#askedPairs && this.#chosen.length) return;
    this.#askedPairs = asked;
    const random = new Random(this.seed);
    const [plus, minus] = [this.plus, this.minus].map((box) => {
      const known = box.all().filter((example) => example < codes.n);
      return box.examples.length ? known : random.some(known, PAIRS);
    });
    this.#chosen = pairUp(plus, minus, PAIRS);
  }

  /** @param {import("./directions.js").Direction} direction */
  #showAgreement(direction) {
    const { cosine, error } = direction;
    write(this.#cosine, Number.isNaN(cosine) ? "–" : twoPlaces(cosine));
    this.#cosine.title = "Mean cosine between the differences of two pairs: 1 they all point the same way, 0 they have nothing in common.";
    write(this.#agreement, agreement(direction));
    write(this.#error, Number.isNaN(error) ? "" : `1 is the same way, 0 nothing in common. The mean of them is sure within ${Math.round(100 * error)}% of its length.`);
  }

  /** @param {number} strength */
  async #turn(strength) {
    this.strength = strength;
    if (Number(this.#slider.value) !== Math.round(strength * 100)) this.#slider.value = String(Math.round(strength * 100));
    write(this.#strengthWords, plusMinus(strength));
    const { direction, example, shared: { codes, decoder, images } } = this;
    if (!direction || example === null) return;
    const code = codes.of(this.#space, example);
    const all = [...STRENGTHS.map((at) => along(code, direction.mean, at)), along(code, direction.mean, strength),
      ...direction.each.slice(0, SHOWN).map((one) => along(code, one, strength))];
    const steps = new Float32Array(all.length * code.length);
    all.forEach((one, k) => steps.set(one, k * code.length));
    const asked = (this.#asked += 1);
    const pictures = await decoder.decode(this.#space, steps, new Int32Array(all.length).fill(codes.classOf(example)), "sum");
    if (!pictures || asked !== this.#asked) return;
    this.#drawn = pictures;
    const drawn = each(pictures, decoder.shape);
    this.#strip.forEach(({ tile, button }, k) => {
      paint(tile.canvas, drawn[k], decoder.shape);
      button.classList.toggle("here", STRENGTHS[k] === strength);
    });
    images.draw(this.#large.before.canvas, example);
    paint(this.#large.after.canvas, drawn[STRENGTHS.length], decoder.shape);
    this.#pairs.show(this.#chosen, drawn.slice(STRENGTHS.length + 1), decoder.shape);
    this.#tellLink();
  }

  /** @param {string} why there is nothing to see; "" where there is */
  #say(why) {
    show(this.#why, why !== "");
    show(this.#body, why === "");
    write(this.#why, why);
    if (why) this.direction = null;
  }

  #tellLink() {
    clearTimeout(this.#linkTimer);
    this.#linkTimer = setTimeout(() => this.#isShown && this.shared.link.set("arithmetic", { space: this.#space, plus: this.plus.state(),
      minus: this.minus.state(), example: this.example, strength: this.strength, seed: this.seed }), REST);
  }

  #pictures() {
    if (!this.#drawn) return null;
    const { shape } = this.shared.decoder;
    const size = this.#drawn.length / (STRENGTHS.length + 1 + Math.min(SHOWN, this.#chosen.length));
    return { pictures: this.#drawn.subarray(0, STRENGTHS.length * size), shape, columns: STRENGTHS.length, labels: STRENGTHS.map(plusMinus),
      name: `arithmetic on image ${this.example}` };
  }
}
