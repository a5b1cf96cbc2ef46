/**
 * The small maps of all members: one camera, one selection, one hand. What is done on one shows on all.
 */

import { Camera } from "../map/camera.js";
import { ClassCaptions } from "../map/class_captions.js";
import { Lasso } from "../map/lasso.js";
import { NearestPoint } from "../map/nearest_point.js";
import { Pointer } from "../map/pointer.js";

const MARGIN = { side: 14, top: 10, bottom: 10 }; // px

/** @typedef {import("./member_map.js").MemberMap} MemberMap */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../shared/theme.js").Theme} theme
 * @property {import("./member_hover.js").MemberHover} hover
 * @property {() => void} onMove called when the camera has moved
 */

export class LinkedMaps {
  client;
  theme;
  hover;
  camera;
  nearestPoint;
  lasso;
  names = new ClassCaptions();
  moveAnimation = { now: /** @type {Float32Array | null} */ (null) };
  selectBy = { island: () => {} };

  /** @param {Parts} parts */
  constructor({ client, theme, hover, onMove }) {
    this.client = client;
    this.theme = theme;
    this.hover = hover;
    this.#onMove = onMove;
    this.camera = new Camera(`ssvae.compare.${client.session}`, MARGIN);
    this.nearestPoint = new NearestPoint(this);
    this.lasso = new Lasso(this);
    this.#stops = [
      client.on("map", () => this.#takeMap()), client.on("guesses", () => this.#place()),
      client.on("selection", () => this.#select()), client.on("hover", () => this.#point()),
      client.on("focus", () => this.#point()), client.on("labels", () => this.redraw()),
    ];
    this.#takeMap();
  }

  #onMove;
  #stops;
  /** @type {Set<MemberMap>} */
  #maps = new Set();
  #frame = 0;
  #areDotsWanted = false;
  #wasFitted = true;
  /** @type {MemberMap | null} */
  #under = null; // the map that the pointer is on

  destroy() {
    for (const stop of this.#stops) stop();
    cancelAnimationFrame(this.#frame);
    for (const map of this.#maps) map.release();
    this.#maps.clear();
  }

  /** Of the map on screen. */
  get version() {
    return this.client.mapVersion;
  }

  /** @param {MemberMap} map */
  add(map) {
    this.#maps.add(map);
    const { gestures } = this;
    const on = (/** @type {() => void} */ f) => (this.#under = map, f());
    const pointer = new Pointer(map.overlay, {
      ...gestures, hover: (x, y) => on(() => gestures.hover(x, y)), click: (...what) => on(() => gestures.click(...what)),
    });
    pointer.showCursor();
    if (this.moveAnimation.now) map.place(this.moveAnimation.now);
    this.redraw();
    return pointer;
  }

  /** @param {MemberMap} map */
  remove(map) {
    this.#maps.delete(map);
    if (this.#under === map) this.#under = null;
    map.release();
  }

  get gestures() {
    return this.lasso.gestures();
  }

  /**
   * All maps have one size, that of any of them.
   * @param {number} width px
   * @param {number} height
   */
  resize(width, height) {
    if (width === this.camera.width && height === this.camera.height) return;
    this.camera.resize(width, height);
    this.moved();
  }

  /** The theme or the classes look otherwise. */
  retheme() {
    for (const map of this.#maps) map.colour();
    this.moved();
  }

  fit() {
    this.camera.fit();
    this.moved();
  }

  clear() {
    this.client.setSelection([]);
  }

  #takeMap() {
    const { xy } = this.client;
    if (!xy) return;
    this.client.dropStaleSelection();
    this.lasso.forget();
    this.moveAnimation.now = xy;
    for (const map of this.#maps) map.place(xy);
    this.#place();
  }

  #place() {
    this.names.place(this.client, this.moveAnimation.now);
    this.names.tick(1);
    this.moved();
  }

  #select() {
    if (!this.client.selection.size) this.lasso.forget();
    for (const map of this.#maps) map.colour();
    this.moved();
  }

  #point() {
    this.hover.point(this.client.hover, this.#under?.overlay ?? null, (example) => this.pixelOf(example));
    this.redraw();
  }

  // -- what the hand needs

  /** @param {number | null} example */
  point(example) {
    this.client.setHover(example);
  }

  release() {}

  /** The dots are to be drawn again, in the next frame. */
  moved() {
    this.#areDotsWanted = true;
    this.redraw();
    if (this.camera.isFitted === this.#wasFitted) return;
    this.#wasFitted = this.camera.isFitted;
    this.#onMove();
  }

  /** What lies on the dots is. */
  redraw() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /**
   * Where an example is, in px of every map.
   * @param {number} example
   * @returns {import("../map/camera.js").Point}
   */
  pixelOf(example) {
    const { now } = this.moveAnimation;
    return now ? this.camera.toPixel(now[2 * example], now[2 * example + 1]) : [-99, -99];
  }

  #draw() {
    this.#frame = 0;
    for (const map of this.#maps) {
      if (this.#areDotsWanted) map.drawDots();
      map.drawOverlay();
    }
    this.#areDotsWanted = false;
  }
}
