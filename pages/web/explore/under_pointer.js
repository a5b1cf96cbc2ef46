/**
 * What would live under the hand, drawn as it moves over the map; a click keeps the drawing there.
 *
 * With the class from the map it is the mean code of the ten nearest dots; with a chosen class, their mean
 * style drawn as that class.
 */

import { glyph, h, icon, letGo, picture, show, write } from "../shared/dom.js";
import { share } from "../shared/format.js";
import { paint } from "../shared/images.js";
import { redraw } from "../shared/redraw.js";
import { HEIGHT, paintKept } from "./kept_drawings.js";
import { MapSheet, tileOf } from "./map_sheet.js";

const N_CLASSES = 3; // bars
const N_REAL = 5;
const MOST_KEPT = 24;
const FROM_MAP = -1;
const INVITATION = "Move the pointer: the model draws what lies under it. Click keeps it.";

const TURNED_OFF = "Press H, or Draw here: then the model draws what lies under the pointer.";

/** @typedef {import("../map/camera.js").Point} Point */
/** @typedef {import("./codes.js").Spot} Spot */
/** @typedef {import("./kept_drawings.js").Kept} Kept */

export class UnderPointer {
  /**
   * @param {HTMLElement} panel below the map
   * @param {import("./explore_page.js").Shared} shared
   */
  constructor(panel, shared) {
    this.shared = shared;
    this.image = picture(".drawn");
    this.bars = h("div.bars");
    this.reals = Array.from({ length: N_REAL }, () => picture(".real"));
    this.realBox = h("div", {}, h("div.s.row.real-head", {}, "Nearest real images"), h("div.row.reals", {}, ...this.reals.map(({ element }) => element)));
    this.words = h("div.s", { "data-testid": "pointer-words" }, INVITATION);
    this.clear = h("button.btn.small.gh", { "data-testid": "clear-kept", onclick: () => this.forget() }, "Clear");
    this.select = h("select", { "data-testid": "pointer-class", "aria-label": "Class to draw", onchange: () => this.#choose() });
    this.shown = h("b", {}, "from the map");
    this.chooser = h("label.sel.pointer-class", { title: "The class in which it is drawn" }, h("span.s", {}, "Class"), this.shown,
      icon("arrow_drop_down"), this.select);
    this.panel = panel;
    panel.append(this.image.element, h("div.said", {}, h("b", {}, "Under the pointer"), this.bars),
      h("div.under-right", {}, this.realBox, this.words, h("div.row.under-foot", {}, this.chooser, h("span.sp"), this.clear)));
    const { map, hand, decoder, codes, client } = shared;
    map.hand = { hover: (place) => hand.current === "draw" && this.#move(place), click: (place) => hand.current === "draw" && this.#keep(place) };
    const stroke = (/** @type {Point[]} */ line) => this.#move(line.at(-1) ?? null);
    hand.add({ name: "draw", title: "Draw here", sign: "gesture", letter: "H", tool: "lasso", stroke });
    this.sheet = new MapSheet(shared);
    this.sheetButton = h("button", { "data-testid": "sheet", title: "Sheet: what is drawn all over the map (O)", "aria-pressed": "false",
      onclick: () => this.turnSheet() }, icon("grid_view"), h("span", {}, "Sheet"));
    hand.add({ name: "select", title: "Select", sign: "lasso_select", letter: "L", tool: "lasso", stroke: null });
    hand.add({ name: "move", title: "Move", sign: "pan_tool", letter: "V", tool: "move", stroke: null });
    hand.element.append(this.sheetButton);
    map.layers.push((context, view) => this.#drawKept(context, view));
    this.#stops = [
      decoder.on("changed", () => this.#renew()), codes.on("changed", () => this.#renew()),
      hand.on("changed", () => this.#update()), client.on("state", () => this.#classes()), client.on("map", () => this.#renew()),
      client.on("selection", () => this.#update()),
    ];
    this.#restore();
    this.#update();
  }

  shared;
  image;
  bars;
  reals;
  realBox;
  words;
  clear;
  panel;
  select;
  shown;
  chooser;
  sheet;
  sheetButton;
  #stops;
  /** @type {Point | null} */
  place = null; // of the hand on the map, in its units; stays where it left
  /** @type {Spot | null} */
  spot = null; // what lives there
  cls = FROM_MAP; // chosen
  /** @type {Kept[]} */
  kept = [];
  #frame = 0;
  drawn = 0; // drawings so far
  took = 0; // ms from the hand's move to the last one on screen
  #asked = 0; // ms at which the hand moved

  /** @param {Point | null} place */
  #move(place) {
    if (!place) return;
    this.place = place;
    this.#asked = performance.now();
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Model, codes or map are others. */
  #renew() {
    this.#classes();
    this.sheet.renew();
    for (const kept of this.kept) this.#paintKept(kept);
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  async #draw() {
    this.#frame = 0;
    const { map, decoder, codes } = this.shared;
    this.spot = this.place && decoder.ready ? codes.at(...this.place, map.shown) : null;
    this.#update();
    const { spot } = this;
    if (!spot || spot.isEmpty) return;
    const asked = this.#asked;
    const pixels = await this.#pixels(spot, this.cls, "hand");
    if (!pixels || spot !== this.spot) return;
    paint(this.image.canvas, pixels, decoder.shape);
    this.image.element.style.opacity = String(spot.nearness);
    this.drawn += 1;
    this.took = performance.now() - asked;
  }

  /**
   * @param {Spot} spot
   * @param {number} cls
   * @param {string} slot
   */
  #pixels(spot, cls, slot) {
    const { decoder, codes } = this.shared;
    if (cls === FROM_MAP || !codes.has("style")) return now(decoder, "code", spot.code, spot.cls, slot);
    return now(decoder, "style", codes.mean("style", spot.nearest, spot.weights), cls, slot);
  }

  #update() {
    const { decoder, hand, client, images } = this.shared;
    const { spot } = this;
    const isDrawing = hand.current === "draw" && decoder.ready;
    show(this.panel, client.state?.data.kind !== "vector");
    const isThere = isDrawing && spot !== null && !spot.isEmpty;
    this.panel.classList.toggle("empty", !isThere);
    show(this.realBox, isThere);
    show(this.words, !isThere);
    show(this.clear, this.kept.length > 0);
    write(this.words, !decoder.ready ? "Nothing is drawn yet." : hand.current !== "draw" ? TURNED_OFF : spot?.isEmpty ? "No image lives here." : INVITATION);
    const isGuessed = isThere && client.guesses !== null;
    this.bars.replaceChildren(...(isGuessed ? spot.classes.slice(0, N_CLASSES) : []).map(([id, p]) => {
      const cls = client.classOf(id);
      return h("div.row.bar", {}, cls ? glyph(cls) : h("span.g.state", {}, "?"),
        h("span.meter", {}, h("i", { style: `width: ${100 * p}%; background: ${cls?.look.fill ?? "var(--text3)"}` })), h("span.s", {}, share(p)));
    }));
    if (isThere) this.reals.forEach(({ canvas }, k) => images.draw(canvas, spot.nearest[k]));
  }

  #classes() {
    const { client, decoder, codes } = this.shared;
    const can = decoder.space("style") !== null && codes.has("style");
    const options = can ? client.classes.filter(({ id }) => id >= 0) : [];
    const names = JSON.stringify(options.map(({ id, name }) => [id, name]));
    this.chooser.title = can ? "The class in which it is drawn" : "The model has learned no classes yet: label a few images";
    if (this.select.dataset.names === names) return;
    this.select.dataset.names = names;
    redraw(this.chooser, () => this.select.replaceChildren(h("option", { value: String(FROM_MAP) }, "from the map"),
      ...options.map(({ id, name }) => h("option", { value: String(id) }, name))));
    if (!options.some(({ id }) => id === this.cls)) this.#take(can ? FROM_MAP : this.cls);
    this.select.value = String(this.cls);
    this.#take(this.cls);
  }

  #choose() {
    this.#take(Number(this.select.value));
    letGo(this.select);
    this.#tell();
    this.#renew();
  }

  /** @param {number} cls */
  #take(cls) {
    this.cls = cls;
    write(this.shown, this.shared.client.classOf(cls)?.name ?? "from the map");
  }

  // -- what is kept

  /** @param {Point} place */
  #keep(place) {
    this.#move(place);
    const { map } = this.shared;
    const at = map.camera.toPixel(...place);
    const under = this.kept.findIndex((kept) => distance(map.camera.toPixel(...kept.place), at) < HEIGHT / 2);
    if (under >= 0) this.kept.splice(under, 1);
    else {
      const kept = { place, cls: this.cls, tile: null };
      if (!this.#paintKept(kept)) return;
      this.kept = [...this.kept, kept].slice(-MOST_KEPT);
    }
    this.#tell();
    this.#update();
    map.redraw(false);
  }

  /** Lets go of all that was kept. */
  forget() {
    this.kept = [];
    this.#tell();
    this.#update();
    this.shared.map.redraw(false);
  }

  /** The sheet over the map, or the dots alone. */
  turnSheet(isOn = !this.sheet.isOn) {
    this.sheet.turn(isOn);
    this.sheetButton.classList.toggle("on", isOn);
    this.sheetButton.setAttribute("aria-pressed", String(isOn));
    this.#tell();
  }

  retheme() {
    this.sheet.renew();
    for (const kept of this.kept) this.#paintKept(kept);
  }

  /**
   * False where no image lives there.
   * @param {Kept} kept
   */
  #paintKept(kept) {
    const { map, decoder, codes, theme } = this.shared;
    const spot = decoder.ready ? codes.at(...kept.place, map.shown) : null;
    if (!spot) return true; // drawn when they are here
    if (spot.isEmpty) return false;
    const pixels = this.#pixels(spot, kept.cls, `kept ${kept.place}`);
    const take = (/** @type {Uint8Array | null} */ found) => {
      if (!found) return;
      kept.tile = tileOf(found, decoder.shape, theme.text);
      map.redraw(false);
    };
    if (pixels instanceof Promise) pixels.then(take);
    else take(pixels);
    return true;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("../map/overlay.js").OverlayView} view
   */
  #drawKept(context, { camera, theme }) {
    paintKept(context, this.kept, camera, theme);
  }

  #tell() {
    this.shared.link.set("map", {
      class: this.cls === FROM_MAP ? undefined : this.cls, sheet: this.sheet.isOn || undefined,
      kept: this.kept.length ? this.kept.map(({ place, cls }) => [...place, cls]) : undefined,
    });
  }

  #restore() {
    const { class: cls, kept, sheet } = this.shared.link.get("map");
    if (sheet === true) this.turnSheet(true);
    if (Number.isInteger(cls)) this.cls = cls;
    const isPlace = (/** @type {any} */ one) => Array.isArray(one) && one.length === 3 && one.every(Number.isFinite);
    if (Array.isArray(kept)) this.kept = kept.filter(isPlace).slice(0, MOST_KEPT).map(([x, y, its]) => ({ place: [x, y], cls: its, tile: null }));
  }

  destroy() {
    for (const stop of this.#stops) stop();
    this.sheet.destroy();
    cancelAnimationFrame(this.#frame);
  }
}

/**
 * One picture: at once where it is drawn here, else a promise.
 * @param {import("./decoder.js").Decoder} decoder
 * @param {import("./decoder.js").Space} space
 * @param {Float32Array} z
 * @param {number} cls
 * @param {string} slot
 */
function now(decoder, space, z, cls, slot) {
  const classes = Int32Array.of(Math.min(cls, Math.max(decoder.nClasses - 1, 0)));
  return decoder.decodeNow(space, z, classes) ?? decoder.decode(space, z, classes, slot);
}

/**
 * @param {Point} a
 * @param {Point} b
 */
const distance = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - HEIGHT / 2 - by);
