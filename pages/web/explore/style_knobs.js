/** A slider for each of the numbers of a style, the most informative first, with what each changes. */

import { glyph, h, picture, show, write } from "../shared/dom.js";
import { signed } from "../shared/format.js";
import { paint } from "../shared/images.js";
import { repeated } from "./style_grid.js";

const N_KNOBS = 6;
const N_TILES = 7;
const MOST = 3; // standard deviations to either side
const STEP = 0.05;

/** @typedef {{dim: number, name: HTMLElement, bar: HTMLElement, told: HTMLElement, value: HTMLElement, slider: HTMLInputElement, tiles: ReturnType<typeof picture>[], element: HTMLElement}} Knob */

export class StyleKnobs {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   * @param {() => void} tell the link what is shown
   */
  constructor(panel, shared, tell) {
    this.shared = shared;
    this.tell = tell;
    this.mark = h("span");
    this.about = h("div.s.pad", { "data-testid": "knobs-about" });
    this.reset = h("button.btn.small.gh", { "data-testid": "reset-knobs", onclick: () => this.putBack() }, "Put back");
    this.knobs = Array.from({ length: N_KNOBS }, (_, k) => this.#knob(k));
    panel.append(h("div.h", {}, "Turn one style knob", h("span.sp"), this.reset, this.mark), this.about,
      h("div.knobs", {}, ...this.knobs.map(({ element }) => element)));
  }

  shared;
  tell;
  mark;
  about;
  reset;
  knobs;
  /** @type {Float32Array | null} */
  z = null; // as the sliders have it
  /** @type {Float32Array | null} */
  base = null; // as it was framed
  cls = 0;
  of = -1; // the example
  /** @type {Record<string, number>} */
  #wanted = {}; // of a link: values by dimension, until there is a style
  #drawing = 0;
  drawn = 0;

  get state() {
    const { z, base } = this;
    if (!z || !base) return {};
    const turned = [...z.keys()].filter((k) => Math.abs(z[k] - base[k]) > 1e-6);
    return { turned: turned.length ? Object.fromEntries(turned.map((k) => [k, z[k]])) : undefined };
  }

  /** @param {Record<string, any>} state */
  restore({ turned }) {
    if (turned && typeof turned === "object") this.#wanted = turned;
  }

  /** @param {number} k */
  #knob(k) {
    const name = h("b.knob-name");
    const bar = h("i");
    const told = h("span.s.told");
    const value = h("span.s.knob-value");
    const slider = h("input", { type: "range", min: String(-MOST), max: String(MOST), step: String(STEP), "data-testid": `knob-${k}` });
    const tiles = Array.from({ length: N_TILES }, () => picture(".knob-tile"));
    /** @type {Knob} */
    const knob = { dim: 0, name, bar, told, value, slider, tiles, element: h("div.knob", {},
      h("div.row", {}, name, h("span.meter.kl", {}, bar), told, slider, value), h("div.row.knob-tiles", {}, ...tiles.map(({ element }) => element))) };
    slider.addEventListener("input", () => this.#turn(knob));
    slider.addEventListener("change", () => this.tell());
    tiles.forEach(({ element }, t) => element.addEventListener("click", () => {
      slider.value = String(valueAt(t));
      this.#turn(knob);
      this.tell();
    }));
    return knob;
  }

  /**
   * A style as a class, to be turned from here on.
   * @param {Float32Array} z
   * @param {number} cls
   * @param {number} of the example that has it
   */
  take(z, cls, of) {
    const isSame = of === this.of && this.z !== null && this.z.length === z.length;
    const turned = isSame ? this.state.turned ?? {} : this.#wanted;
    this.base = z.slice();
    this.z = z.slice();
    for (const [dim, value] of Object.entries(turned))
      if (Number(dim) < z.length && Number.isFinite(value)) this.z[Number(dim)] = Number(value);
    this.#wanted = {};
    this.cls = cls;
    this.of = of;
    this.renew();
  }

  putBack() {
    if (!this.base) return;
    this.z = this.base.slice();
    this.renew();
    this.tell();
  }

  renew() {
    const { codes, client } = this.shared;
    const { z } = this;
    const can = z !== null && codes.has("style") && codes.dim("style") === z.length;
    for (const { element } of this.knobs) show(element, can);
    show(this.reset, can);
    const cls = client.classOf(this.cls);
    this.mark.replaceChildren(...(can && cls ? [glyph(cls, "l")] : []));
    write(this.about, can ? aboutOrder(z.length, codes.information("style").length > 0) : "Each slider turns one number of a style. They are here once the model has learned some labels.");
    if (!can) return;
    const order = codes.order("style");
    const information = codes.information("style");
    const most = information.length ? information[order[0]] : 1;
    this.knobs.forEach((knob, k) => {
      show(knob.element, k < order.length);
      if (k >= order.length) return;
      const dim = knob.dim = order[k];
      write(knob.name, `z ${dim + 1}`);
      knob.bar.style.width = `${100 * (information.length ? information[dim] / most : 1)}%`;
      write(knob.told, information.length ? `${information[dim].toFixed(1)} nats` : "");
      knob.slider.setAttribute("aria-label", `z ${dim + 1}`);
      this.#show(knob);
    });
    this.#draw();
  }

  /** @param {Knob} knob */
  #show({ dim, slider, value }) {
    const at = this.z?.[dim] ?? 0;
    if (Number(slider.value) !== at) slider.value = String(at);
    write(value, signed(at));
  }

  /** @param {Knob} knob */
  #turn(knob) {
    if (!this.z) return;
    this.z[knob.dim] = Number(knob.slider.value);
    this.#show(knob);
    this.#draw(knob);
  }

  /**
   * The rows of tiles, first of all but the one that is turned, whose own tiles stay.
   * @param {Knob | null} turned
   */
  async #draw(turned = null) {
    const { decoder } = this.shared;
    const { z } = this;
    const turn = ++this.#drawing;
    if (!z || !decoder.ready) return;
    const classes = new Int32Array(N_TILES).fill(Math.min(this.cls, decoder.nClasses - 1));
    const size = decoder.shape.reduce((whole, side) => whole * side, 1);
    for (const [k, knob] of this.knobs.entries()) {
      markNearest(knob, z[knob.dim]);
      if (knob === turned || knob.element.hidden) continue;
      const rows = repeated(z, N_TILES);
      for (let t = 0; t < N_TILES; t++) rows[t * z.length + knob.dim] = valueAt(t);
      const drawn = await decoder.decode("style", rows, classes, `knob ${k}`);
      if (turn !== this.#drawing) return;
      if (drawn) knob.tiles.forEach(({ canvas }, t) => paint(canvas, drawn.subarray(t * size, (t + 1) * size), decoder.shape));
      if (k % 2) await new Promise(requestAnimationFrame);
      if (turn !== this.#drawing) return;
    }
    this.drawn += 1;
  }

  destroy() {
    this.#drawing += 1;
  }
}

/** @param {number} tile */
function valueAt(tile) {
  return -MOST + (2 * MOST * tile) / (N_TILES - 1);
}

/**
 * @param {Knob} knob
 * @param {number} value
 */
function markNearest({ tiles }, value) {
  const nearest = Math.round(((Math.min(Math.max(value, -MOST), MOST) + MOST) / (2 * MOST)) * (N_TILES - 1));
  tiles.forEach(({ element }, t) => element.classList.toggle("f", t === nearest));
}

/**
 * @param {number} n
 * @param {boolean} hasInformation
 */
function aboutOrder(n, hasInformation) {
  const shown = n > N_KNOBS ? `${N_KNOBS} of ${n}` : `All ${n}`;
  return hasInformation ? `${shown}, those that carry most information first` : `${shown}, those that vary most first`;
}
