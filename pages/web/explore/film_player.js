/** A film in large: one step at a time, moved by hand or playing to and fro. */

import { glyph, h, icon, key, picture, write } from "../shared/dom.js";
import { share } from "../shared/format.js";
import { paint } from "../shared/images.js";

const ONE_WAY = 3000; // ms
const SHOWN = 5; // nearest real images

/** @typedef {import("../shared/api.js").ImageShape} ImageShape */

export class FilmPlayer {
  /**
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("../shared/images.js").Images} parts.images
   * @param {(t: number) => void} parts.moved the film stands at another share of the way
   */
  constructor({ client, images, moved }) {
    this.#client = client;
    this.#images = images;
    this.#moved = moved;
    this.element = h("div.film-player", { "data-testid": "film-player" }, this.#large.element,
      h("div.film-words", {}, h("div.row", {}, this.#slider, this.#way), this.#classes, h("div.s", {}, "Nearest real images"),
        h("div.film-near", {}, ...this.#near.map(({ element }) => element))));
    this.#slider.addEventListener("input", () => {
      this.pause();
      this.#go(Number(this.#slider.value) / 1000);
    });
  }

  element;
  #client;
  #images;
  #moved;
  #large = picture(".film-large");
  #slider = h("input.film-slider", { type: "range", min: 0, max: 1000, value: 0, "aria-label": "Along the way", "data-testid": "film-slider" });
  #way = h("span.s.film-way");
  #classes = h("div.row.film-classes", { "data-testid": "film-classes" });
  #near = Array.from({ length: SHOWN }, () => picture());
  playButton = h("button.btn", { "data-testid": "film-play", "aria-pressed": "false", onclick: () => this.toggle() }, icon("play_arrow"), "Play", key("K"));
  /** @type {import("./film.js").Film | null} */
  #film = null;
  /** @type {Uint8Array[]} */
  #frames = [];
  /** @type {ImageShape} */
  #shape = [0, 0, 0];
  #t = 0;
  #frame = 0; // of the animation; 0 while it stands
  #forward = true;
  #before = 0;

  get t() {
    return this.#t;
  }

  get isPlaying() {
    return this.#frame !== 0;
  }

  /**
   * @param {import("./film.js").Film} film
   * @param {Uint8Array[]} frames one for each of its steps
   * @param {ImageShape} shape
   * @param {number} t the share of the way at which it stands
   */
  show(film, frames, shape, t = this.#t) {
    this.#film = film;
    this.#frames = frames;
    this.#shape = shape;
    this.#go(t);
  }

  toggle() {
    if (this.isPlaying) return this.pause();
    if (!this.#film) return;
    this.#before = performance.now();
    this.#frame = requestAnimationFrame((time) => this.#step(time));
    this.#showButton();
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#showButton();
  }

  /** @param {number} t */
  seek(t) {
    this.pause();
    this.#go(t);
  }

  #showButton() {
    const { isPlaying } = this;
    this.playButton.replaceChildren(icon(isPlaying ? "pause" : "play_arrow"), isPlaying ? "Pause" : "Play", key("K"));
    this.playButton.setAttribute("aria-pressed", String(isPlaying));
  }

  /** @param {number} time ms */
  #step(time) {
    const moved = Math.max(0, time - this.#before) / ONE_WAY;
    this.#before = time;
    let t = this.#t + (this.#forward ? moved : -moved);
    if (t >= 1 || t <= 0) this.#forward = t <= 0;
    t = Math.min(1, Math.max(0, t));
    this.#frame = requestAnimationFrame((next) => this.#step(next));
    this.#go(t);
  }

  /** @param {number} t */
  #go(t) {
    this.#t = t;
    const film = this.#film;
    if (!film) return;
    const k = film.at(t);
    paint(this.#large.canvas, this.#frames[k], this.#shape);
    if (Number(this.#slider.value) !== Math.round(t * 1000)) this.#slider.value = String(Math.round(t * 1000));
    write(this.#way, `${share(t)} of the way`);
    const shares = [...film.shares[k]].sort((a, b) => b[1] - a[1]).slice(0, 3).filter(([, p]) => p >= 0.05);
    this.#classes.replaceChildren(...shares.flatMap(([id, p]) => {
      const cls = this.#client.classOf(id);
      return cls ? [h("span.row.film-class", {}, glyph(cls), h("b", {}, share(p)))] : [];
    }));
    if (!shares.length) this.#classes.replaceChildren(h("span.s", {}, "No guess yet: label a few images on the Label page."));
    this.#near.forEach(({ canvas }, place) => {
      const example = film.neighbours[k][place];
      if (example !== undefined) this.#images.draw(canvas, example);
    });
    this.#moved(t);
  }

  destroy() {
    this.pause();
  }
}
