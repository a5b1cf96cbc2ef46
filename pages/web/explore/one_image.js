/** One image as the model sees it: redrawn, what differs, the terms of its bound, what is inferred of it. */

import { context, glyph, h, picture, show, write } from "../shared/dom.js";
import { ADDS, MISSES, paintDifference, sign } from "../shared/difference.js";
import { signed } from "../shared/format.js";
import { paint } from "../shared/images.js";
import { rgb } from "../shared/theme.js";

const N_DOTS = 3000; // codes in the plane
const PLANE = 140; // px
const ROOM = 3.2; // standard deviations to either side of the plane's middle
const INVITATION = "Click a dot on the map: here is how the model redraws that image, and what it infers of it.";
/** @type {Record<string, string>} */
const TERMS = { picture: "image", features: "M1's features", style: "style", class: "class" };

/** @typedef {{class: number, terms: Record<string, number>, bounded: string, spaces: Partial<Record<import("./decoder.js").Space, {mean: number[], variance: number[]}>>}} Posterior */

export class OneImage {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   */
  constructor(panel, shared) {
    this.shared = shared;
    this.head = h("span.row.kind");
    this.image = picture(".big");
    this.redrawn = picture(".big");
    this.difference = picture(".big");
    this.terms = h("dl.terms", { "data-testid": "terms" });
    this.about = h("div.s.about-bound");
    this.plane = h("canvas.plane", { role: "img", "data-testid": "posterior", "aria-label": "What is inferred of the image, among the codes of all images" });
    this.planeWords = h("div.s");
    this.none = h("div.nothing.s", {}, INVITATION);
    const column = (/** @type {HTMLElement} */ element, /** @type {(string | Node)[]} */ ...words) => h("div.column", {}, element, h("div.s.row.words", {}, ...words));
    this.body = h("div.row.one-body", {}, column(this.image.element, "image"), column(this.redrawn.element, "redrawn"),
      column(this.difference.element, sign(ADDS, "adds"), sign(MISSES, "misses")), h("div.bound", {}, this.terms, this.about),
      h("div.column.plane-box", {}, this.plane, this.planeWords));
    panel.append(h("div.h", {}, "One image", this.head), this.body, this.none);
    this.#stop = shared.theme.watch(() => this.#drawPlane());
  }

  shared;
  head;
  image;
  redrawn;
  difference;
  terms;
  about;
  plane;
  planeWords;
  none;
  body;
  #stop;
  /** @type {Posterior | null} */
  found = null;
  #seen = "";

  renew() {
    const { client, decoder, codes, images } = this.shared;
    const example = client.focus;
    const can = example !== null && decoder.ready && codes.has("code");
    show(this.body, can);
    show(this.none, !can);
    if (!can) return this.head.replaceChildren();
    const cls = codes.classOf(example);
    const looked = client.classOf(cls);
    const known = client.labelOf(example) !== null ? "your label" : "its guess";
    this.head.replaceChildren(...(looked && (client.guesses || client.labelOf(example) !== null) ? [glyph(looked), h("span.s", {}, known)] : []),
      h("span.s.mono", {}, `#${example}`));
    images.draw(this.image.canvas, example);
    const seen = JSON.stringify([example, cls, decoder.about?.version]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#redraw(example, cls, seen);
    this.#infer(example, cls, seen);
  }

  /**
   * @param {number} example
   * @param {number} cls
   * @param {string} seen
   */
  async #redraw(example, cls, seen) {
    const { decoder, codes, images } = this.shared;
    const classes = Int32Array.of(Math.min(cls, decoder.nClasses - 1));
    const pixels = await decoder.decode("code", codes.of("code", example), classes, "one");
    if (!pixels || seen !== this.#seen) return;
    paint(this.redrawn.canvas, pixels, decoder.shape);
    const image = await images.get(example).catch(() => null);
    if (image && seen === this.#seen) paintDifference(this.difference.canvas, image, pixels, decoder.shape);
  }

  /**
   * @param {number} example
   * @param {number} cls
   * @param {string} seen
   */
  async #infer(example, cls, seen) {
    try {
      const found = await this.shared.client.api.get(`explore/posterior?example=${example}&class=${cls}`);
      if (seen !== this.#seen) return;
      this.found = found;
    } catch {
      if (seen !== this.#seen) return;
      this.found = null; // the trainer is busy or away
    }
    this.#showTerms();
    this.#drawPlane();
  }

  #showTerms() {
    const { terms = {}, bounded = "" } = this.found ?? {};
    const names = Object.keys(TERMS).filter((name) => name in terms);
    const row = (/** @type {string} */ name, /** @type {number} */ value) => [h("dt", {}, name), h("dd", {}, signed(value))];
    this.terms.replaceChildren(...("bound" in terms ? row("bound", terms.bound) : []), ...names.flatMap((name) => row(TERMS[name], terms[name])));
    write(this.about, this.found === null ? "The trainer does not say just now."
      : !("bound" in terms) ? "This model bounds nothing: its encoder gives points."
        : bounded === "features" ? "nats; of what M1 makes of the image" : "nats; the higher, the better it is explained");
  }

  /** Codes of images in the two most informative directions, and an ellipse of what is inferred of this one. */
  #drawPlane() {
    const { client, codes, theme } = this.shared;
    const example = client.focus;
    if (example === null || !codes.has("code")) return;
    const ratio = devicePixelRatio || 1;
    this.plane.width = this.plane.height = PLANE * ratio;
    const c = context(this.plane);
    c.scale(ratio, ratio);
    const posterior = this.found?.spaces.code;
    const [a, b = a] = codes.order("code");
    const spread = codes.spread("code");
    const unit = (/** @type {number} */ dim) => PLANE / 2 / (ROOM * Math.max(spread[dim], 1e-6));
    const dim = codes.dim("code");
    const at = (/** @type {ArrayLike<number>} */ code) => [PLANE / 2 + code[a] * unit(a), PLANE / 2 - code[b] * unit(b)];
    for (let i = 0; i < codes.n; i += Math.max(1, Math.floor(codes.n / N_DOTS))) {
      const [x, y] = at(codes.of("code", i));
      c.fillStyle = rgb(client.guesses ? theme.ofClass(codes.classOf(i)) : theme.unlabelled, 0.35);
      c.fillRect(x - 0.75, y - 0.75, 1.5, 1.5);
    }
    const [x, y] = at(posterior?.mean ?? codes.of("code", example));
    if (posterior) for (const times of [2, 1]) {
      c.beginPath();
      c.ellipse(x, y, Math.max(times * Math.sqrt(posterior.variance[a]) * unit(a), 2), Math.max(times * Math.sqrt(posterior.variance[b]) * unit(b), 2), 0, 0, 7);
      c.fillStyle = rgb(theme.accent, 0.16);
      c.fill();
      c.strokeStyle = rgb(theme.accent);
      c.lineWidth = 1.5;
      c.stroke();
    }
    c.beginPath();
    c.arc(x, y, 2.5, 0, 7);
    c.fillStyle = rgb(theme.text);
    c.fill();
    write(this.planeWords, `numbers ${a + 1} and ${b + 1} of ${dim}, ${posterior ? "with 1 and 2 standard deviations" : "a point"}`);
  }

  destroy() {
    this.#stop();
    this.#seen = "gone";
  }
}
