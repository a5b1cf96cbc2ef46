/** A film along a line that a hand draws on the map: what would live there, evenly by its length. */

import { h, icon } from "../shared/dom.js";
import { Film } from "./film.js";
import { FINE } from "./image_film.js";
import { alongPath, smooth } from "./interpolation.js";

const KEPT = 24; // points of the line in a link
const WIDTH = 1.5; // steps over which the codes are smoothed

/** @typedef {import("./explore_page.js").Shared} Shared */
/** @typedef {import("./decoder.js").Space} Space */
/** @typedef {import("./film_maker.js").FilmMaker} FilmMaker */
/** @typedef {import("../map/camera.js").Point} Point */

/** @implements {FilmMaker} */
export class DrawnFilm {
  /**
   * @param {Shared} shared
   * @param {{changed: () => void, drawing: (line: Point[]) => void}} parts drawing: while the hand draws
   */
  constructor(shared, { changed, drawing }) {
    this.#shared = shared;
    this.#changed = changed;
    this.#drawing = drawing;
    this.element = h("div.row.film-controls", {}, icon("gesture"), h("span", {}, "Draw a line on the map with the pointer held down: it becomes a film."),
      h("span.sp"), h("button.btn.gh.small", { "data-testid": "path-by-classes", onclick: () => this.again() }, "Through all classes"));
  }

  element;
  why = "Draw a line on the map. By keyboard: Through all classes.";
  #shared;
  #changed;
  #drawing;
  /** @type {Point[]} */
  #path = [];

  /** @param {boolean} isShown */
  show(isShown) {
    const { hand } = this.#shared;
    if (isShown) hand.use("path");
    else if (hand.current === "path") hand.use("draw");
  }

  /** A line from class to class, by their places on the map: what a hand may do, without one. */
  again() {
    const places = this.#shared.map.names.list.map(({ to }) => to);
    if (places.length < 2) return this.#shared.client.say("The map has no named classes yet. Label a few images first.");
    this.#path = tour(places);
    this.#changed();
  }

  /** @param {Space} space */
  make(space) {
    if (this.#path.length < 2) return null;
    const { codes, client, map } = this.#shared;
    const places = alongPath(this.#path, FINE);
    const dim = codes.dim(space);
    const steps = new Float32Array(FINE * dim);
    places.forEach(([x, y], k) => {
      const found = codes.at(x, y, map.shown);
      if (found) steps.set(codes.mean(space, found.nearest, found.weights), k * dim);
    });
    const film = new Film({ space, steps: smooth(steps, dim, WIDTH), dim, all: codes.all(space), xy: null, client, places });
    return { film, ends: /** @type {[number | null, number | null]} */ ([null, null]) };
  }

  state() {
    return { path: alongPathFor(this.#path) };
  }

  /** @param {Record<string, any>} state */
  restore({ path }) {
    if (!Array.isArray(path) || path.length < 4 || !path.every(Number.isFinite)) return;
    this.#path = Array.from({ length: Math.floor(path.length / 2) }, (_, k) => [path[2 * k], path[2 * k + 1]]);
  }

  name() {
    return "a path on the map";
  }

  /**
   * What the hand draws on the map, in the map's units.
   * @param {Point[]} line
   * @param {boolean} isDone
   */
  take(line, isDone) {
    this.#drawing(isDone ? [] : line);
    if (!isDone || line.length < 3) return;
    this.#path = line.map(([x, y]) => [x, y]);
    this.#changed();
  }
}

/** @param {Point[]} path */
function alongPathFor(path) {
  return path.length < 2 ? null : alongPath(path, Math.min(KEPT, Math.max(2, path.length))).flat();
}

/**
 * Places in an order in which each is followed by the nearest that is left.
 * @param {Point[]} places
 * @returns {Point[]}
 */
export function tour(places) {
  const left = places.slice(1);
  const out = [places[0]];
  while (left.length) {
    const [x, y] = out[out.length - 1];
    const away = left.map((place) => Math.hypot(place[0] - x, place[1] - y));
    out.push(...left.splice(away.indexOf(Math.min(...away)), 1));
  }
  return out;
}
