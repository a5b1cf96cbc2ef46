/**
 * The map panel: every example as a dot, what is known about it, and the tools to select.
 *
 * Joins the parts: Points (WebGL) below, Overlay (2-D) above, Pointer, Camera, MoveAnimation, two cards.
 * Draws only when something has changed.
 */

import { Camera } from "./camera.js";
import { Points } from "./points.js";
import { MoveAnimation } from "./move_animation.js";
import { GivenLabels } from "./given_labels.js";
import { HoverCard } from "./hover_card.js";
import { MapChoice } from "./map_choice.js";
import { MapFrames } from "./map_frames.js";
import { MapToolbar } from "./map_toolbar.js";
import { Lasso } from "./lasso.js";
import { ClassCaptions } from "./class_captions.js";
import { Overlay } from "./overlay.js";
import { NearestPoint } from "./nearest_point.js";
import { PointedAt } from "./pointed_at.js";
import { Pointer } from "./pointer.js";
import { Said } from "./said.js";
import { SelectionCard } from "./selection_card.js";
import { ZoomAnimation } from "./zoom_animation.js";

export class LatentMap {
  panel;
  client;
  theme;
  images;
  layoutModes;
  selectBy;
  colourSources;
  said; // of the examples
  choice; // of the map
  toolbar;
  camera;
  moveAnimation = new MoveAnimation();
  overlay;
  points;
  hoverCard;
  selectionCard;
  nearestPoint;
  lasso;
  pointer;
  pointedAt;
  names = new ClassCaptions();
  given = new GivenLabels(() => this.#recolour());
  /** @type {import("./overlay.js").Layer[]} */
  layers = []; // what a page draws on the map of its own
  /** @type {((line: import("./camera.js").Point[], isDone: boolean) => void) | null} */
  stroke = null; // takes the line that the lasso draws, in the world's units, instead of selecting; none of a cancelled one
  /** @type {{hover(place: import("./camera.js").Point | null): void, click(place: import("./camera.js").Point): void} | null} */
  hand = null; // is told where on the map the hand is, in the world's units
  hasHoverCard = true; // a page may show by itself what is pointed at

  /**
   * @param {HTMLElement} panel
   * @param {import("./map_parts.js").MapParts} parts
   */
  constructor(panel, { client, theme, images, layoutModes, selectBy, colourSources, actions }) {
    this.panel = panel;
    this.client = client;
    this.theme = theme;
    this.images = images;
    this.layoutModes = layoutModes;
    this.selectBy = selectBy;
    this.colourSources = colourSources;
    this.said = new Said(client);
    this.choice = new MapChoice(this, () => this.#go());
    this.toolbar = new MapToolbar(panel, {
      client, colourSources, said: this.said, versions: this.versions,
      setTool: (tool) => this.setTool(tool), zoom: (factor) => this.zoom(factor), fit: () => this.fit(),
      turn: () => this.choice.turn(), see: (view) => this.choice.see(view), colourBy: () => this.#recolour(), draws: () => this.#recolour(),
      selectDomain: (place, mode) => void selectBy.ofDomain(place, mode),
    });
    this.camera = new Camera(`ssvae.camera.${client.session}`);
    this.#zoomAnimation = new ZoomAnimation(this.camera);
    this.#frames = new MapFrames(this, this.#zoomAnimation);
    this.overlay = new Overlay(this.toolbar.overlay);
    this.points = new Points(this.toolbar.canvas, () => this.#restore());
    this.toolbar.missing = this.points.missing;
    this.hoverCard = new HoverCard(panel, { client, images, colourSources, pixelOf: (example) => this.pixelOf(example) });
    this.selectionCard = new SelectionCard(panel, { client, images, actions });
    this.nearestPoint = new NearestPoint(this);
    this.lasso = new Lasso(this);
    this.pointer = new Pointer(this.toolbar.overlay, this.lasso.gestures());
    this.pointer.showCursor();
    this.pointedAt = new PointedAt(this);
    this.#listen();
    this.#observer = new ResizeObserver(() => this.#frames.resize());
    this.#observer.observe(panel);
  }

  #observer;
  /** @type {(() => void)[]} */
  #stops = [];
  #zoomAnimation;
  #frames;

  /** How many frames were drawn so far. */
  get drawn() {
    return this.#frames.count;
  }

  get versions() {
    return this.choice.versions;
  }

  get selection() {
    return this.client.selection;
  }

  #listen() {
    const { client, toolbar, colourSources, pointedAt } = this;
    const pointed = () => pointedAt.show();
    this.#stops.push(
      client.on("map", () => this.choice.take()),
      client.on("guesses", () => this.#takeGuesses()), client.on("labels", (change) => this.#takeLabels(change)),
      client.on("selection", () => this.#takeSelection()), client.on("solo", () => this.#recolour()),
      client.on("focus", pointed), client.on("hover", pointed), client.on("asked", pointed), this.layoutModes.on("view", pointed),
      client.on("state", () => (toolbar.update(), colourSources.want(toolbar.mode))), client.on("loading", () => toolbar.update()),
      colourSources.on("change", () => (toolbar.update(), this.#recolour())),
    );
  }

  destroy() {
    for (const stop of this.#stops) stop();
    this.#observer.disconnect();
    this.#frames.stop();
    this.given.stop();
    this.points.release();
  }

  /** @param {import("./pointer.js").Tool} tool */
  setTool(tool) {
    this.pointer.setTool(tool);
    this.toolbar.showTool(tool);
  }

  /** @param {number} factor */
  zoom(factor) {
    this.#zoomAnimation.begin(factor);
    this.redraw();
  }

  /**
   * Brings an example to the middle of the map.
   * @param {number | null} example
   */
  reveal(example) {
    if (example === null) return this.client.say("Nothing is framed: click an image, or press an arrow key.");
    const [x, y] = this.pixelOf(example);
    this.camera.pan(this.camera.width / 2 - x, this.camera.height / 2 - y);
    this.redraw();
  }

  fit() {
    this.camera.fit();
    this.redraw();
  }

  /** Ends the gesture if there is one, otherwise clears the selection, then goes back to the queue. */
  escape() {
    if (this.pointer.isBusy) return this.pointer.cancel();
    if (this.client.selection.size) return this.clear();
    const { asked, focus } = this.client;
    const isOpen = (/** @type {number} */ example) => this.client.labelOf(example) === null;
    if (focus === null || !asked.includes(focus)) this.client.setFocus(asked.find(isOpen) ?? null);
  }

  clear() {
    this.client.setSelection([]);
  }

  /** Of the map on screen, or null; the client may know a newer one. */
  get version() {
    return this.versions.shown?.version ?? null;
  }

  /** The map that the dots are on, or are gliding to: n x 2, or null. */
  get shown() {
    return this.moveAnimation.to;
  }

  /**
   * Where an example is drawn, in pixels of the panel.
   * @param {number} example
   * @returns {import("./camera.js").Point}
   */
  pixelOf(example) {
    const { now } = this.moveAnimation;
    return now ? this.camera.toPixel(now[2 * example], now[2 * example + 1]) : [-99, -99];
  }

  /**
   * The same in pixels of the window: {x, y}.
   * @param {number} example
   */
  positionOf(example) {
    const box = this.panel.getBoundingClientRect();
    const [x, y] = this.pixelOf(example);
    return { x: x + box.left + this.panel.clientLeft, y: y + box.top + this.panel.clientTop };
  }

  /**
   * Shows what was guessed, labelled and mapped at another time; null for now.
   * @param {import("./said.js").Past | null} past
   */
  showTime(past) {
    const before = this.shown;
    this.said.show(past);
    this.choice.showTime(past?.xy ?? null);
    if (this.versions.shown?.xy !== before) return this.#go();
    this.#takeGuesses();
  }

  /** Resolves the theme's colours anew. */
  retheme() {
    this.overlay.reset();
    this.names.place(this.said, this.shown);
    this.#recolour(false);
  }

  // -- what the client says

  #go() {
    const { shown } = this.versions;
    if (!shown) return;
    this.lasso.forget(); // the dots leave the line that was drawn around them
    this.moveAnimation.go(shown.xy, performance.now());
    this.points.place(this.moveAnimation, this.client.selection);
    this.names.place(this.said, this.shown);
    this.#recolour(false);
    this.toolbar.update();
  }

  #takeGuesses() {
    this.hoverCard.forget();
    this.hoverCard.update();
    this.selectionCard.update();
    this.names.place(this.said, this.shown);
    this.toolbar.update();
    this.#recolour();
  }

  /** @param {import("../session/session_state.js").SessionEvents["labels"]} change */
  #takeLabels(change) {
    this.said.mark();
    this.hoverCard.update();
    this.toolbar.update();
    this.given.take(change);
    this.redraw(false);
  }

  #takeSelection() {
    if (!this.client.selection.size) this.lasso.forget();
    this.selectionCard.update();
    this.points.choose(this.client.selection);
    this.#recolour(false);
  }

  #recolour(isFade = true) {
    if (!this.points.count) return;
    const { theme, colourSources, toolbar: { mode, showsImages: isFaint } } = this;
    colourSources.want(mode);
    this.points.colour({ mode, isFaint, isFade, client: this.said, theme, colourSources });
    this.redraw();
  }

  /** The graphics card has lost everything and is back: bring it all again. */
  #restore() {
    if (!this.moveAnimation.to) return;
    this.points.place(this.moveAnimation, this.client.selection);
    this.#recolour(false);
  }

  /** The hand moves the map: draws soon, and again when it rests. */
  moved() {
    this.#frames.moved();
  }

  /** Asks for one more frame; the dots are drawn in it only if something about them has changed. */
  redraw(withDots = true) {
    this.#frames.redraw(withDots);
  }

  /**
   * The hand says what the pointer is on, on the map itself.
   * @param {number | null} example
   */
  point(example) {
    this.pointedAt.point(example);
  }

  /** A gesture has ended: a map that came meanwhile may be taken now. */
  release() {
    this.choice.release();
  }
}
