/**
 * The map panel: every example as a dot, what is known about it, and the tools to select.
 *
 * Joins the parts: Points (WebGL) below, Overlay (2-D) above, Pointer, Camera, MoveAnimation, two cards.
 * Draws only when something has changed.
 */

import { Camera } from "./camera.js";
import { Points } from "./points.js";
import { MoveAnimation } from "./move_animation.js";
import { HoverCard } from "./hover_card.js";
import { NONE, STATES } from "../session/label_overlay.js";
import { MapFrames } from "./map_frames.js";
import { MapToolbar } from "./map_toolbar.js";
import { MapVersions } from "./map_versions.js";
import { Lasso } from "./lasso.js";
import { ClassCaptions } from "./class_captions.js";
import { Overlay } from "./overlay.js";
import { NearestPoint } from "./nearest_point.js";
import { Pointer } from "./pointer.js";
import { SelectionCard } from "./selection_card.js";
import { ZoomAnimation } from "./zoom_animation.js";

const REST = 200; // ms without a key after which the dots take the colours of new labels

/** @typedef {import("../session/session_state.js").SessionEvents} SessionEvents */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../shared/theme.js").Theme} theme
 * @property {import("../shared/images.js").Images} images
 * @property {import("../ask/layout_modes.js").LayoutModes} layoutModes
 * @property {import("./select_by.js").SelectBy} selectBy
 * @property {import("./colour_sources.js").ColourSources} colourSources
 * @property {import("./selection_card.js").SelectionActions} actions
 */

/** @typedef {{guesses: {best: Uint8Array, p: Uint8Array}, labels: Uint8Array, xy: Float32Array}} Past */

export class LatentMap {
  panel;
  client;
  theme;
  images;
  layoutModes;
  selectBy;
  colourSources;
  versions = new MapVersions();
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
  /** @type {number[]} */
  labelled = []; // examples
  names = new ClassCaptions();
  /** @type {Map<number, number>} */
  pops = new Map(); // example -> ms at which it got its label
  /** @type {import("./overlay.js").Layer[]} */
  layers = []; // what a page draws on the map of its own
  /** @type {Past | null} */
  past = null; // what is shown of another time, instead of what is known now
  /** @type {((line: import("./camera.js").Point[], isDone: boolean) => void) | null} */
  stroke = null; // takes the line that the lasso draws, in the world's units, instead of selecting; none of a cancelled one
  /** @type {{hover(place: import("./camera.js").Point | null): void, click(place: import("./camera.js").Point): void} | null} */
  hand = null; // is told where on the map the hand is, in the world's units
  hasHoverCard = true; // a page may show by itself what is pointed at

  /**
   * @param {HTMLElement} panel
   * @param {Parts} parts
   */
  constructor(panel, { client, theme, images, layoutModes, selectBy, colourSources, actions }) {
    this.panel = panel;
    this.client = client;
    this.theme = theme;
    this.images = images;
    this.layoutModes = layoutModes;
    this.selectBy = selectBy;
    this.colourSources = colourSources;
    this.toolbar = new MapToolbar(panel, {
      client, colourSources, versions: this.versions,
      setTool: (tool) => this.setTool(tool), zoom: (factor) => this.zoom(factor), fit: () => this.fit(),
      turn: () => this.turn(), see: (view) => this.see(view), colourBy: () => this.#recolour(), draws: () => this.#recolour(),
    });
    this.camera = new Camera(`ssvae.camera.${client.session}`);
    this.#zoomAnimation = new ZoomAnimation(this.camera);
    this.#frames = new MapFrames(this, this.#zoomAnimation);
    this.overlay = new Overlay(this.toolbar.overlay);
    this.points = new Points(this.toolbar.canvas, () => this.#restore());
    this.toolbar.missing = this.points.missing;
    this.hoverCard = new HoverCard(panel, { client, images, pixelOf: (example) => this.pixelOf(example) });
    this.selectionCard = new SelectionCard(panel, { client, images, actions });
    this.nearestPoint = new NearestPoint(this);
    this.lasso = new Lasso(this);
    this.pointer = new Pointer(this.toolbar.overlay, this.lasso.gestures());
    this.pointer.showCursor();
    this.#listen();
    this.#observer = new ResizeObserver(() => this.#frames.resize());
    this.#observer.observe(panel);
  }

  #observer;
  /** @type {(() => void)[]} */
  #stops = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later; // the timer of colours that may wait
  #waiting = false; // a new map has come during a gesture
  #zoomAnimation;
  #frames;

  /** Frames drawn so far. */
  get drawn() {
    return this.#frames.count;
  }

  get selection() {
    return this.client.selection;
  }

  #listen() {
    const { client } = this;
    /**
     * @template {keyof SessionEvents} Name
     * @param {Name} name
     * @param {(detail: SessionEvents[Name]) => void} f
     */
    const on = (name, f) => this.#stops.push(client.on(name, f));
    on("map", () => this.#takeMap());
    on("guesses", () => this.#takeGuesses());
    on("labels", (change) => this.#takeLabels(change));
    on("selection", () => this.#takeSelection());
    on("solo", () => this.#recolour());
    on("focus", () => this.#point());
    on("hover", () => this.#point());
    on("asked", () => this.#point());
    this.#stops.push(this.layoutModes.on("view", () => this.#point()));
    on("state", () => {
      this.toolbar.update();
      this.colourSources.want(this.toolbar.mode);
    });
    on("loading", () => this.toolbar.update());
    this.#stops.push(this.colourSources.on("change", () => {
      this.toolbar.update();
      this.#recolour();
    }));
  }

  destroy() {
    for (const stop of this.#stops) stop();
    this.#observer.disconnect();
    this.#frames.stop();
    clearTimeout(this.#later);
    this.points.release();
  }

  // -- for the keys and the tests

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
   * @param {Past | null} past
   */
  showTime(past) {
    this.past = past;
    const before = this.shown;
    this.versions.see("map", past && past.xy !== this.client.xy ? { xy: past.xy, version: null } : null);
    this.#mark();
    if (this.versions.shown?.xy !== before) return this.#go();
    this.#takeGuesses();
  }

  /** Classes, and what is said of the examples at the time that is shown. */
  get #said() {
    const { client, past } = this;
    return past ? { classes: client.classes, guesses: past.guesses, labels: past.labels, selection: client.selection, solo: client.solo } : client;
  }

  /** Resolves the theme's colours anew. */
  retheme() {
    this.overlay.reset();
    this.names.place(this.#said, this.shown);
    this.#recolour(false);
  }

  // -- what the client says

  #takeMap() {
    if (this.pointer.isBusy) return void (this.#waiting = true);
    this.#waiting = false;
    const { client } = this;
    if (!client.xy) return;
    this.versions.take(client.xy, client.mapVersion, client.state?.trainer.state === "pretraining");
    client.dropStaleSelection();
    if (this.versions.showsBefore) return this.toolbar.update();
    this.#go();
  }

  /**
   * Shows the newest map ("map"), or another of the same images, which the trainer works out.
   * @param {import("./map_versions.js").View} view
   */
  async see(view) {
    const wish = (this.toolbar.awaited = view === "map" ? null : { view });
    try {
      const answer = wish && (await this.client.api.array(`map?view=${view}`));
      if (this.toolbar.awaited !== wish) return; // another was asked for meanwhile
      this.versions.see(view, answer && { xy: new Float32Array(answer.buffer), version: Number(answer.version) });
      if (this.client.selectedOn !== null) this.clear();
      this.#go();
    } catch (error) {
      this.client.sayTrouble(error);
    }
    if (this.toolbar.awaited === wish) this.toolbar.awaited = null;
    this.toolbar.update();
  }

  /** Shows the map before the last training of the M1, or the newest again. */
  turn() {
    this.versions.turn();
    if (this.client.selectedOn !== null) this.clear();
    this.#go();
  }

  #go() {
    const { shown } = this.versions;
    if (!shown) return;
    this.lasso.forget(); // the dots leave the line that was drawn around them
    this.moveAnimation.go(shown.xy, performance.now());
    this.points.place(this.moveAnimation, this.client.selection);
    this.names.place(this.#said, this.shown);
    this.#recolour(false);
    this.toolbar.update();
  }

  #takeGuesses() {
    this.hoverCard.forget();
    this.hoverCard.update();
    this.selectionCard.update();
    this.names.place(this.#said, this.shown);
    this.toolbar.update();
    this.#recolour();
  }

  /** @param {SessionEvents["labels"]} change */
  #takeLabels({ examples, own }) {
    this.#mark();
    if (own && examples) for (const example of examples.slice(-200)) this.pops.set(example, performance.now());
    if (this.pops.size > 1000) this.pops.clear();
    this.hoverCard.update();
    this.toolbar.update();
    // One's own label shows in one frame by its mark; the dot below it follows when the hand rests.
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#recolour(), own ? REST : 0);
    this.redraw(false);
  }

  /** Which examples have a mark. */
  #mark() {
    this.labelled = [];
    const isMarked = (/** @type {number} */ value) => value !== NONE && value !== STATES.skip;
    this.#said.labels?.forEach((value, i) => isMarked(value) && this.labelled.push(i));
  }

  #takeSelection() {
    if (!this.client.selection.size) this.lasso.forget();
    this.selectionCard.update();
    this.points.choose(this.client.selection);
    this.#recolour(false);
  }

  /** Opens the card for what is hovered, or for a focused example that the queue does not show. */
  #point() {
    const { client } = this;
    const isPinned = client.focus !== null && !client.asked.includes(client.focus) && this.layoutModes.view !== "card";
    // A tile under the pointer shows its image itself: ring the point, but open no card.
    const hovered = client.hover !== null && !client.asked.includes(client.hover) ? client.hover : this.#over;
    if (this.hasHoverCard) this.hoverCard.point(hovered, isPinned ? client.focus : null);
    this.redraw(false);
  }

  /** @type {number | null} */
  #over = null; // what the pointer is on, on the map itself

  #recolour(isFade = true) {
    if (!this.points.count) return;
    const { theme, colourSources, toolbar: { mode, showsImages: isFaint } } = this;
    colourSources.want(mode);
    this.points.colour({ mode, isFaint, isFade, client: this.#said, theme, colourSources });
    this.redraw();
  }

  // -- drawing

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

  // -- the hand

  /**
   * Says what the pointer is on, on the map itself.
   * @param {number | null} example
   */
  point(example) {
    this.#over = example;
    this.client.setHover(example);
    this.#point();
  }

  /** A gesture has ended: a map that came meanwhile may be taken now. */
  release() {
    if (this.#waiting) this.#takeMap();
  }
}
