/** One image as the model sees it: redrawn, what differs, the terms of its bound, what is inferred of it. */

import { glyph, h, picture, show, write } from "../shared/dom.js";
import { ADDS, MISSES, paintDifference, sign } from "../shared/difference.js";
import { signed } from "../shared/format.js";
import { paint } from "../shared/images.js";
import { CodePlane } from "./code_plane.js";
import { PosteriorOnMap } from "./posterior_on_map.js";

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
    this.plane = new CodePlane(shared);
    this.onMap = new PosteriorOnMap(shared);
    this.none = h("div.nothing.s", {}, INVITATION);
    const column = (/** @type {HTMLElement} */ element, /** @type {(string | Node)[]} */ ...words) => h("div.column", {}, element, h("div.s.row.words", {}, ...words));
    this.body = h("div.row.one-body", {}, column(this.image.element, "image"), column(this.redrawn.element, "redrawn"),
      column(this.difference.element, sign(ADDS, "adds"), sign(MISSES, "misses")), h("div.bound", {}, this.terms, this.about),
      this.plane.element);
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
  onMap;
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
    if (!can) return this.#forget();
    const cls = codes.classOf(example);
    const looked = client.classOf(cls);
    const known = client.labelOf(example) !== null ? "your label" : "its guess";
    this.head.replaceChildren(...(looked && (client.guesses || client.labelOf(example) !== null) ? [glyph(looked), h("span.s", {}, known)] : []),
      h("span.s.mono", {}, `#${example}`));
    images.draw(this.image.canvas, example);
    const seen = JSON.stringify([example, cls, decoder.about?.version]);
    if (seen === this.#seen) return this.onMap.isShown ? undefined : this.#place();
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
    this.#place();
  }

  /** No image is looked at. */
  #forget() {
    this.head.replaceChildren();
    this.onMap.clear();
    this.#seen = "";
  }

  /** The view is not on screen. */
  hide() {
    this.onMap.clear();
  }

  #place() {
    const posterior = this.found?.spaces.code;
    if (posterior) this.onMap.show(posterior.mean, posterior.variance, this.shared.client.focus ?? 0);
    else this.onMap.clear();
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

  #drawPlane() {
    const { codes, client: { focus } } = this.shared;
    if (focus === null || !codes.has("code")) return;
    const posterior = this.found?.spaces.code;
    this.plane.show(posterior?.mean ?? codes.of("code", focus), posterior?.variance ?? null);
  }

  destroy() {
    this.#stop();
    this.onMap.destroy();
    this.#seen = "gone";
  }
}
