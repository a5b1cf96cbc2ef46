/** The share of each class among the real images nearest to a film's steps, and where the largest changes. */

import { h, svg } from "../shared/dom.js";
import { share } from "../shared/format.js";

const HEIGHT = 132; // px
const MARGIN = { left: 40, right: 40, top: 30, bottom: 8 };
const MOST_LINES = 10;
const LEAST_NAMED = 0.08; // share of a class that has its glyph at an end
const LINE = 15; // px between two glyphs
const FLIP_WORDS = 130; // px that "here the guess flips" takes

/** @typedef {import("../shared/api.js").LookedClass} LookedClass */

export class FilmChart {
  /** @param {{classOf: (id: number) => LookedClass | undefined, seek: (t: number) => void}} parts seek: to a share of the way */
  constructor({ classOf, seek }) {
    this.#classOf = classOf;
    this.element = h("div.film-chart", { "data-testid": "film-chart" });
    const place = (/** @type {PointerEvent} */ event) => {
      const { left, width } = this.element.getBoundingClientRect();
      seek(Math.min(1, Math.max(0, (event.clientX - left - MARGIN.left) / (width - MARGIN.left - MARGIN.right))));
    };
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      place(event);
    });
    this.element.addEventListener("pointermove", (event) => event.buttons && place(event));
    this.#observer = new ResizeObserver(() => this.#render());
    this.#observer.observe(this.element);
  }

  element;
  #classOf;
  #observer;
  /** @type {import("./film.js").Film | null} */
  #film = null;
  #t = 0;
  #cursor = svg("line", { class: "cursor" });

  destroy() {
    this.#observer.disconnect();
  }

  /** @param {import("./film.js").Film} film */
  show(film) {
    this.#film = film;
    this.#render();
  }

  /** @param {number} t the share of the way that is shown */
  mark(t) {
    this.#t = t;
    const x = this.#x(t);
    for (const name of ["x1", "x2"]) this.#cursor.setAttribute(name, x.toFixed(1));
  }

  /** @param {number} t */
  #x(t) {
    const width = Math.max(200, this.element.clientWidth);
    return MARGIN.left + t * (width - MARGIN.left - MARGIN.right);
  }

  #render() {
    const film = this.#film;
    const width = this.element.clientWidth;
    if (!film || width < 100) return;
    const y = (/** @type {number} */ p) => HEIGHT - MARGIN.bottom - p * (HEIGHT - MARGIN.top - MARGIN.bottom);
    const leading = film.leading(MOST_LINES);
    const lines = leading.flatMap((cls) => this.#line(film, cls, y));
    const names = [...this.#names(film, leading, 0, y), ...this.#names(film, leading, film.n - 1, y)];
    const rules = [0, 0.5, 1].map((p) => svg("line", { class: "rule", x1: this.#x(0), x2: this.#x(1), y1: y(p), y2: y(p) }));
    const marks = film.flips.flatMap((flip, k) => this.#flip(film, flip, k, y, width));
    for (const [name, value] of Object.entries({ y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom })) this.#cursor.setAttribute(name, String(value));
    this.element.replaceChildren(svg("svg", { width, height: HEIGHT, role: "img", "aria-label": this.#words(film) },
      ...rules, this.#cursor, ...lines, ...names, ...marks));
    this.mark(this.#t);
  }

  /**
   * @param {import("./film.js").Film} film
   * @param {number} cls
   * @param {(p: number) => number} y
   */
  #line(film, cls, y) {
    const known = this.#classOf(cls);
    if (!known) return [];
    const colour = known.look.isGrey ? "var(--text2)" : known.look.fill;
    const values = film.shares.map((shares) => shares.get(cls) ?? 0);
    const points = values.map((p, k) => `${this.#x(k / (film.n - 1)).toFixed(1)},${y(p).toFixed(1)}`).join(" ");
    const peak = values.indexOf(Math.max(...values));
    const isNamed = [0, film.n - 1].some((k) => values[k] >= LEAST_NAMED); // at an end
    const name = isNamed ? [] : [svg("text", { x: this.#x(peak / (film.n - 1)), y: y(values[peak]) - 4, "text-anchor": "middle",
      style: `fill: ${colour}`, class: "name" }, known.glyph)];
    return [svg("polyline", { points, fill: "none", "stroke-width": 2, "stroke-linejoin": "round", style: `stroke: ${colour}` }), ...name];
  }

  /**
   * The glyphs of the classes at one end of their lines, none over another.
   * @param {import("./film.js").Film} film
   * @param {number[]} leading
   * @param {number} k the first step or the last
   * @param {(p: number) => number} y
   */
  #names(film, leading, k, y) {
    const values = leading.map((cls) => ({ cls, p: film.shares[k].get(cls) ?? 0 })).filter(({ p }) => p >= LEAST_NAMED);
    let lowest = -Infinity;
    return values.sort((a, b) => b.p - a.p).flatMap(({ cls, p }) => {
      const known = this.#classOf(cls);
      if (!known) return [];
      lowest = Math.max(y(p) + 5, lowest + LINE);
      return [svg("text", { x: k ? this.#x(1) + 10 : this.#x(0) - 10, y: lowest, "text-anchor": k ? "start" : "end",
        style: `fill: ${known.look.isGrey ? "var(--text2)" : known.look.fill}`, class: "name" }, known.glyph)];
    });
  }

  /**
   * @param {import("./film.js").Film} film
   * @param {{at: number, from: number, to: number}} flip
   * @param {number} k which of them: the first has words
   * @param {(p: number) => number} y
   * @param {number} width
   */
  #flip(film, { at, from, to }, k, y, width) {
    const x = this.#x(at);
    const near = film.shares[film.at(at)];
    const height = ((near.get(from) ?? 0) + (near.get(to) ?? 0)) / 2;
    const isRight = x + FLIP_WORDS > width;
    const words = k ? [] : [svg("text", { x: x + (isRight ? -8 : 8), y: 11, "text-anchor": isRight ? "end" : "start", class: "flips" },
      film.flips.length > 1 ? `here the guess flips, first of ${film.flips.length}` : "here the guess flips")];
    return [svg("line", { class: "flip", x1: x, x2: x, y1: 4, y2: HEIGHT - MARGIN.bottom }),
      svg("circle", { class: "flip", cx: x, cy: y(height), r: 4.5 }), ...words];
  }

  /** @param {import("./film.js").Film} film */
  #words(film) {
    const name = (/** @type {number | null} */ cls) => (cls === null ? "nothing known" : this.#classOf(cls)?.name ?? "a class that is gone");
    const ends = `Classes of the nearest real images, from ${name(film.classAt(0))} to ${name(film.classAt(film.n - 1))}`;
    return [ends, ...film.flips.map(({ at, from, to }) => `at ${share(at)} of the way from ${name(from)} to ${name(to)}`)].join("; ");
  }
}
