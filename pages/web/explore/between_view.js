/** Between: films from image to image, along a drawn line and from class to class, with the real images beside them. */

import { h, key, show, write } from "../shared/dom.js";
import { share } from "../shared/format.js";
import { selectOpen } from "./at_flip.js";
import { ClassWalk } from "./class_walk.js";
import { DrawnFilm } from "./drawn_film.js";
import { drawnAs } from "./film.js";
import { FilmChart } from "./film_chart.js";
import { FilmPath, coloursOf } from "./film_path.js";
import { FilmPlayer } from "./film_player.js";
import { FilmStrip } from "./film_strip.js";
import { ImageFilm } from "./image_film.js";
import { SaveMenu } from "./save_menu.js";
import { segments } from "./segments.js";
import { each, joined } from "./sheet.js";
import { hasTwoSpaces } from "./spaces.js";

const TILES = 11;
const LINES = "The lines are the classes of the 20 real images nearest to each step.";
const ROWS = "Framed: where the guess flips, and right of it the real image nearest to that. ";
const SECONDS = 4; // of a GIF, to and fro
const AGAIN = 1500; // ms after which a model that learns is asked anew
const REST = 400; // ms until the link says where the film stands

/** @typedef {import("./explore_page.js").Shared} Shared */
/** @typedef {import("./decoder.js").Space} Space */
/** @typedef {"images" | "path" | "classes"} Mode */

export class BetweenView {
  /**
   * @param {HTMLElement} panel
   * @param {Shared} shared
   */
  constructor(panel, shared) {
    this.shared = shared;
    this.#panel = h("section.panel.film-panel", { "aria-label": "Between", "data-testid": "between" });
    panel.append(this.#panel);
    const { client, images, map, decoder, codes } = shared;
    const changed = () => this.#change();
    this.path = new FilmPath(map);
    this.makers = {
      images: new ImageFilm(shared, changed),
      path: new DrawnFilm(shared, { changed, drawing: (line) => this.path.draw(line) }),
      classes: new ClassWalk(shared, changed),
    };
    this.player = new FilmPlayer({ client, images, moved: (t) => this.#moved(t) });
    this.chart = new FilmChart({ classOf: (id) => client.classOf(id), seek: (t) => this.player.seek(t) });
    this.strip = new FilmStrip({ images, point: (k) => this.#pointAt(k), choose: (k) => this.player.seek(this.#steps[k] / Math.max(1, this.#n - 1)) });
    this.#modes = segments("What the film goes between", [["images", "Two images"], ["path", "Drawn path"], ["classes", "Two classes"]],
      (mode) => this.choose(mode));
    this.#spaces = segments("What changes", [["code", "Whole image"], ["style", "Style alone"]], (space) => {
      this.#space = space;
      this.#change();
    });
    this.#real = h("button.btn", { "data-testid": "film-real", "aria-pressed": "false", title: "The real image nearest to each step",
      onclick: () => this.#toggleReal() }, "Nearest real", key("N"));
    this.#label = h("button.btn", { "data-testid": "label-flip", onclick: () => this.labelFlip() }, "Label the images at the flip");
    this.#save = new SaveMenu({ make: () => this.#pictures(), say: (text) => client.say(text, "bad") });
    this.#controls = h("div.row.film-settings", {}, ...Object.values(this.makers).map(({ element }) => element), this.#spaces.element);
    this.#body = h("div.film-body", {}, this.makers.classes.rows, this.strip.element, this.chart.element,
      h("div.row.film-foot", {}, this.#caption, h("span.sp"), this.#label),
      this.player.element, this.makers.images.below);
    this.#panel.append(h("div.h.film-head", {}, this.#modes.element, h("span.sp"), this.player.playButton, this.#real, this.#save.element),
      this.#controls, this.#why, this.#body);
    this.#stops = [decoder.on("changed", () => this.#later()), codes.on("changed", () => this.#later()),
      client.on("map", () => this.#later()), client.on("guesses", () => this.#later())];
    this.choose("images");
  }

  shared;
  path;
  makers;
  player;
  chart;
  strip;
  /** @type {Mode} */
  mode = "images";
  /** @type {import("./film.js").Film | null} */
  film = null;
  #panel;
  #modes;
  #spaces;
  #real;
  #label;
  #save;
  #controls;
  #body;
  #caption = h("span.s");
  #why = h("div.film-why", { role: "status", "data-testid": "film-why" });
  #stops;
  /** @type {Space} */
  #space = "code";
  #isShown = false;
  /** @type {string[]} */
  #ends = []; // colours of both ends, CSS
  #withReal = false;
  /** @type {number[]} */
  #steps = []; // of the tiles
  #n = 0; // of the film's steps
  /** @type {Uint8Array[]} */
  #frames = [];
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #linkTimer;
  /** @type {number | undefined} */
  #t; // where a link says that the film stands

  get maker() {
    return this.makers[this.mode];
  }

  show() {
    this.#isShown = true;
    this.path.setShown(true);
    this.maker.show(true);
    this.shared.codes.load();
    this.#refresh();
  }

  hide() {
    this.#isShown = false;
    this.player.pause();
    this.path.setShown(false);
    this.maker.show(false);
  }

  destroy() {
    this.hide();
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
    clearTimeout(this.#linkTimer);
    this.path.destroy();
    this.chart.destroy();
    this.makers.images.destroy();
    this.makers.classes.destroy();
  }

  /** @param {Record<string, any>} state */
  restore(state) {
    const { mode, space, t, real } = state;
    for (const [name, maker] of Object.entries(this.makers)) if (name === mode) maker.restore(state);
    if (space === "style" || space === "code") this.#space = space;
    if (Number.isFinite(t)) this.#t = Math.min(1, Math.max(0, t));
    if (real) this.#withReal = true;
    if (mode in this.makers) this.choose(mode);
  }

  /**
   * True if the key meant something here.
   * @param {KeyboardEvent} event
   */
  key(event) {
    if (event.shiftKey || event.repeat) return false;
    /** @type {Record<string, () => unknown>} */
    const commands = { k: () => this.player.toggle(), n: () => this.#toggleReal(), s: () => this.maker.again() };
    if (this.mode === "images") commands.x = () => this.makers.images.swap();
    const command = commands[event.key.toLowerCase()];
    command?.();
    return command !== undefined;
  }

  /** @param {Mode} mode */
  choose(mode) {
    if (this.#isShown && mode !== this.mode) this.maker.show(false);
    this.mode = mode;
    this.#modes.show(mode);
    this.#panel.dataset.mode = mode;
    for (const [name, { element }] of Object.entries(this.makers)) show(element, name === mode);
    show(this.makers.images.below, mode === "images");
    show(this.makers.classes.rows, mode === "classes");
    show(this.strip.element, mode !== "classes");
    show(this.#real, mode !== "classes");
    write(this.#caption, mode === "classes" ? `${ROWS}${LINES}` : LINES);
    if (!this.#isShown) return;
    this.maker.show(true);
    this.#change();
  }

  /** Selects the real images at the flip on the map, where a class key labels them. */
  labelFlip() {
    const { client } = this.shared;
    const at = this.film?.flips[0]?.at;
    const near = this.mode === "classes" ? this.makers.classes.atFlips() : this.film && at !== undefined ? this.film.near(at) : [];
    client.say(selectOpen(client, near));
    if (near.length && at !== undefined) this.player.seek(at);
  }

  #toggleReal() {
    this.#withReal = !this.#withReal;
    this.#draw();
    this.#tellLink();
  }

  /** Something was chosen here. */
  #change() {
    this.player.pause();
    this.#refresh();
    this.#tellLink();
  }

  /** The model, the map or the guesses are others: soon, and not for each snapshot. */
  #later() {
    this.#timer ||= setTimeout(() => {
      this.#timer = undefined;
      if (!this.player.isPlaying) this.#refresh();
      else this.#later();
    }, this.film ? AGAIN : 50);
  }

  async #refresh() {
    if (!this.#isShown) return;
    const { decoder, codes, client } = this.shared;
    show(this.#spaces.element, hasTwoSpaces(this.shared));
    this.#spaces.show(this.#space);
    if (!decoder.ready || !codes.has(this.#space)) return this.#say(decoder.ready ? "Reading what the model knows of each image." : decoder.why);
    const made = this.maker.make(this.#space);
    if (!made) return this.#say(this.maker.why);
    const { film, ends } = made;
    const asked = (this.#asked += 1);
    const pictures = await decoder.decode(this.#space, film.steps, drawnAs(film, ends), "film");
    if (!pictures || asked !== this.#asked) return;
    this.film = film;
    this.#n = film.n;
    this.#steps = film.some(TILES);
    this.#frames = each(pictures, decoder.shape);
    this.#say("");
    this.#ends = coloursOf(film, ends, client);
    this.path.show(film.places, this.#steps, this.#ends,
      { pictures: this.#steps.map((k) => this.#frames[k]), shape: decoder.shape });
    this.#draw();
    this.chart.show(film);
    this.player.show(film, this.#frames, decoder.shape, this.#t);
    this.#t = undefined;
  }

  #draw() {
    this.#real.classList.toggle("on", this.#withReal);
    this.#real.setAttribute("aria-pressed", String(this.#withReal));
    const { film } = this;
    if (!film) return;
    this.strip.show(this.#steps.map((k, place) => {
      const cls = this.shared.client.classOf(film.classAt(k));
      const frame = place === 0 ? this.#ends[0] : place === this.#steps.length - 1 ? this.#ends[1] : undefined;
      return { pixels: this.#frames[k], nearest: film.neighbours[k][0], frame: this.mode === "path" ? undefined : frame,
        words: `Step ${place + 1} of ${this.#steps.length}${cls ? `, its nearest real images are ${share(film.shares[k].get(cls.id) ?? 0)} ${cls.name}` : ""}` };
    }), this.shared.decoder.shape, this.#withReal);
    const hasFlip = film.flips.length > 0;
    this.#label.classList.toggle("off", !hasFlip && this.mode !== "classes");
  }

  /** @param {string} why there is no film; "" where there is */
  #say(why) {
    show(this.#why, why !== "");
    show(this.#body, why === "");
    write(this.#why, why);
    if (why) this.path.show([], [], []);
  }

  /** @param {number | null} k of the tiles */
  #pointAt(k) {
    const { client } = this.shared;
    const film = this.film;
    client.setHover(k === null || !film ? null : film.neighbours[this.#steps[k]][0]);
  }

  /** @param {number} t */
  #moved(t) {
    const { film } = this;
    if (!film) return;
    const k = film.at(t);
    this.path.mark(k);
    this.chart.mark(t);
    const nearest = this.#steps.reduce((best, step, place) => (Math.abs(step - k) < Math.abs(this.#steps[best] - k) ? place : best), 0);
    this.strip.mark(nearest);
    if (!this.player.isPlaying) this.#tellLink();
  }

  #tellLink() {
    clearTimeout(this.#linkTimer);
    this.#linkTimer = setTimeout(() => this.#isShown && this.shared.link.set("between",
      { mode: this.mode, space: this.#space, t: this.player.t, real: Number(this.#withReal), ...this.maker.state() }), REST);
  }

  /** What is saved: the film to and fro, and its steps side by side. */
  #pictures() {
    const { film } = this;
    if (!film) return null;
    const { shape } = this.shared.decoder;
    const walks = this.mode === "classes" ? this.makers.classes.pictures : null;
    const tiles = this.#steps.map((k) => this.#frames[k]);
    return { shape, name: this.maker.name(), seconds: SECONDS, frames: [...this.#frames, ...this.#frames.slice(1, -1).reverse()],
      pictures: walks ?? joined(tiles), columns: walks ? this.makers.classes.columns : TILES };
  }
}
