/** A slider for each of the numbers of a style, or of M1's latents, the most informative first, with what each changes. */

import { glyph, h, picture, show, write } from "../shared/dom.js";
import { signed } from "../shared/format.js";
import { paint } from "../shared/images.js";
import { segments } from "./segments.js";
import { spaceToTurn, tellsLittle, toldBy } from "./spaces.js";
import { repeated } from "./style_grid.js";

const N_KNOBS = 6;
const N_TILES = 7;
const MOST = 3; // standard deviations to either side
const STEP = 0.05;
const WAITS = "Each slider turns one number of a style. They are here once the model has learned some labels.";

/** @typedef {{dim: number, most: number, name: HTMLElement, bar: HTMLElement, told: HTMLElement, value: HTMLElement, slider: HTMLInputElement, tiles: ReturnType<typeof picture>[], element: HTMLElement}} Knob */

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
    this.spaces = segments("What is turned", [["style", "Style"], ["code", "M1’s latents"]], (space) => this.choose(space));
    panel.append(h("div.h", {}, this.title, h("span.sp"), this.reset, this.mark), h("div.row.pad.knob-spaces", {}, this.spaces.element), this.about,
      h("div.knobs", {}, ...this.knobs.map(({ element }) => element)));
  }

  shared;
  tell;
  title = h("span", {}, "Turn one style knob");
  spaces;
  /** @type {import("./decoder.js").Space} */
  space = "style"; // whose numbers are turned
  /** @type {import("./decoder.js").Space | null} */
  chosen = null; // by a person
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
    const turned = z && base ? [...z.keys()].filter((k) => Math.abs(z[k] - base[k]) > 1e-6) : [];
    return { turned: turned.length && z ? Object.fromEntries(turned.map((k) => [k, z[k]])) : undefined,
      knobs: this.chosen ?? (turned.length ? this.space : undefined) };
  }

  /** @param {Record<string, any>} state */
  restore({ turned, knobs }) {
    if (knobs === "code" || knobs === "style") this.chosen = knobs;
    if (turned && typeof turned === "object") this.#wanted = turned;
  }

  /** @param {import("./decoder.js").Space} space */
  choose(space) {
    this.chosen = space;
    this.renew();
    this.tell();
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
    const knob = { dim: 0, most: MOST, name, bar, told, value, slider, tiles, element: h("div.knob", {},
      h("div.row", {}, name, h("span.meter.kl", {}, bar), told, slider, value), h("div.row.knob-tiles", {}, ...tiles.map(({ element }) => element))) };
    slider.addEventListener("input", () => this.#turn(knob));
    slider.addEventListener("change", () => this.tell());
    tiles.forEach(({ element }, t) => element.addEventListener("click", () => {
      slider.value = String(valueAt(t, knob.most));
      this.#turn(knob);
      this.tell();
    }));
    return knob;
  }

  /**
   * An example's style as a class, or its latents, to be turned from here on.
   * @param {number} cls
   * @param {number} of the example that has it
   */
  take(cls, of) {
    this.cls = cls;
    if (of !== this.of) this.base = null;
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
    const space = spaceToTurn(this.shared, this.chosen);
    const can = space !== null && this.of >= 0 && this.of < codes.n;
    for (const { element } of this.knobs) show(element, can);
    show(this.reset, can);
    show(this.spaces.element, can && spaceToTurn(this.shared, "style") !== spaceToTurn(this.shared, "code"));
    const cls = client.guesses ? client.classOf(this.cls) : null;
    this.mark.replaceChildren(...(can && cls ? [glyph(cls, "l")] : []));
    write(this.about, space && can ? this.#words(space) : WAITS);
    write(this.title, space === "code" ? "Turn one latent of M1" : "Turn one style knob");
    if (!can) return;
    this.#begin(space);
    this.spaces.show(space);
    const order = codes.order(space);
    const information = codes.information(space);
    const most = information.length ? information[order[0]] : 1;
    this.knobs.forEach((knob, k) => {
      show(knob.element, k < order.length);
      if (k >= order.length) return;
      const dim = knob.dim = order[k];
      knob.most = MOST * (space === "code" ? codes.spread("code")[dim] : 1);
      write(knob.name, `z${space === "code" ? "₁" : ""} ${dim + 1}`);
      knob.bar.style.width = `${100 * (information.length ? information[dim] / most : 1)}%`;
      write(knob.told, information.length ? `${information[dim].toFixed(1)} nats` : "");
      const { slider } = knob;
      slider.setAttribute("aria-label", `z ${dim + 1}`);
      [slider.min, slider.max, slider.step] = [-knob.most, knob.most, (STEP * knob.most) / MOST].map(String);
      this.#show(knob);
    });
    this.#draw();
  }

  /**
   * What is turned begins as the example has it; what a link turned, or was turned before the model learned on, stays so.
   * @param {import("./decoder.js").Space} space
   */
  #begin(space) {
    const base = this.shared.codes.of(space, this.of);
    const isSame = this.base !== null && this.space === space && this.base.length === base.length;
    const turned = isSame ? this.state.turned ?? {} : this.#wanted;
    [this.space, this.base, this.z] = [space, base, base.slice()];
    for (const [dim, value] of Object.entries(turned))
      if (Number(dim) < base.length && Number.isFinite(value)) this.z[Number(dim)] = Number(value);
    this.#wanted = {};
  }

  /** @param {import("./decoder.js").Space} space */
  #words(space) {
    const { codes, decoder } = this.shared;
    const information = codes.information(space);
    const order = aboutOrder(codes.dim(space), information.length > 0);
    if (space === "style") return `${order}${tellsLittle(information) ? `. All of them tell ${toldBy(information)?.toFixed(1)} nats so far: little changes yet` : ""}`;
    if (!decoder.space("style") || !codes.has("style")) return `${order}. Those of styles come with your labels`;
    const styles = codes.information("style");
    return tellsLittle(styles) ? `${order}. A style tells ${toldBy(styles)?.toFixed(1)} nats so far, these ${toldBy(information)?.toFixed(0) ?? "more"}` : order;
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
      for (let t = 0; t < N_TILES; t++) rows[t * z.length + knob.dim] = valueAt(t, knob.most);
      const drawn = await decoder.decode(this.space, rows, classes, `knob ${k}`);
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

/**
 * @param {number} tile
 * @param {number} most
 */
function valueAt(tile, most) {
  return -most + (2 * most * tile) / (N_TILES - 1);
}

/**
 * @param {Knob} knob
 * @param {number} value
 */
function markNearest({ tiles, most }, value) {
  const nearest = Math.round(((Math.min(Math.max(value, -most), most) + most) / (2 * most)) * (N_TILES - 1));
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
