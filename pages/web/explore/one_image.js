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

const ASKING = "The trainer is asked what it infers.";
const AWAY = "The trainer does not say just now. It is asked again.";
const LATER = "Its bound comes once the model has learned some labels.";
const POINTS = "This model bounds nothing: its encoder gives points.";
const AGAIN = 3000; // ms

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
  /** @type {number | null} */
  #example = null; // that is looked at
  #isShown = true;
  #isAsking = false;
  #isStale = false; // something has changed since it was asked
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  renew() {
    this.#isShown = true;
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
    if (example !== this.#example) this.#begin(example);
    this.#redraw(example, cls);
    this.#infer(example);
  }

  /** Another image is looked at: what was inferred of the one before is not its.
   * @param {number} example
   */
  #begin(example) {
    this.#example = example;
    this.found = null;
    this.onMap.clear();
    this.terms.replaceChildren();
    write(this.about, ASKING);
    this.#drawPlane();
  }

  /**
   * @param {number} example
   * @param {number} cls
   */
  async #redraw(example, cls) {
    const { decoder, codes, images } = this.shared;
    const classes = Int32Array.of(Math.min(cls, decoder.nClasses - 1));
    const pixels = await decoder.decode("code", codes.of("code", example), classes, "one");
    if (!pixels || example !== this.#example) return;
    paint(this.redrawn.canvas, pixels, decoder.shape);
    const image = await images.get(example).catch(() => null);
    if (image && example === this.#example) paintDifference(this.difference.canvas, image, pixels, decoder.shape);
  }

  /**
   * One question at a time: a model that learns is another before it has answered, and its answer counts all the same.
   * @param {number} example
   */
  async #infer(example) {
    if (this.#isAsking) return void (this.#isStale = true);
    [this.#isAsking, this.#isStale] = [true, false];
    const { client, codes } = this.shared;
    try {
      const found = await client.api.get(`explore/posterior?example=${example}&class=${codes.classOf(example)}`);
      if (example === this.#example) this.#take(found);
    } catch {
      const { state, message } = client.state?.trainer ?? { state: "", message: "" };
      if (example === this.#example && !this.found) write(this.about, state === "paused" && message ? message : AWAY);
      this.#later(); // the trainer is busy or away
    }
    this.#isAsking = false;
    if (this.#isStale && this.#example !== null) this.#infer(this.#example);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#isShown && this.#example !== null && this.#infer(this.#example), AGAIN);
  }

  /** @param {Posterior} found */
  #take(found) {
    this.found = found;
    this.#showTerms();
    this.#drawPlane();
    this.#place();
  }

  /** No image is looked at. */
  #forget() {
    this.head.replaceChildren();
    this.onMap.clear();
    this.#seen = "";
    this.#example = this.found = null;
  }

  /** The view is not on screen. */
  hide() {
    this.#isShown = false;
    this.onMap.clear();
  }

  #place() {
    const posterior = this.#isShown ? this.found?.spaces.code : null;
    if (posterior) this.onMap.show(posterior.mean, posterior.variance, this.shared.client.focus ?? 0);
    else this.onMap.clear();
  }

  #showTerms() {
    const { terms = {}, bounded = "" } = this.found ?? {};
    const names = Object.keys(TERMS).filter((name) => name in terms);
    const row = (/** @type {string} */ name, /** @type {number} */ value) => [h("dt", {}, name), h("dd", {}, signed(value))];
    this.terms.replaceChildren(...("bound" in terms ? row("bound", terms.bound) : []), ...names.flatMap((name) => row(TERMS[name], terms[name])));
    write(this.about, !("bound" in terms) ? (this.found?.spaces.code?.variance.length ? LATER : POINTS)
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
    clearTimeout(this.#timer);
    this.#example = null;
    this.#seen = "gone";
  }
}
