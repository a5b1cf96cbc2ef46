/**
 * Ways to select other than by hand: what is near an image, an island of the map, what the model
 * takes for a class, what it is least sure of, a domain.
 *
 * `mode` is as in pointer.js: "replace", "add" or "remove". What has a label already is left out of
 * the selections by guess, so that one key never overwrites what a person said.
 */

import { many, share } from "../shared/format.js";

export const SIMILAR = 20;

/** @typedef {import("./pointer.js").SelectMode} SelectMode */
/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */

export class SelectBy {
  client;
  colourSources;
  /** @type {{shown: Float32Array | null, version: number | null, lasso: {forget(): void}} | null} */
  map = null; // set by label_page.js: says which version of the map is on screen

  /**
   * @param {SessionClient} client
   * @param {Pick<import("./colour_sources.js").ColourSources, "clusters" | "domains" | "ofDomain">} colourSources
   */
  constructor(client, colourSources) {
    this.client = client;
    this.colourSources = colourSources;
  }

  /**
   * The images nearest to the framed one, itself among them; once more for as many again.
   * @param {SelectMode} mode
   */
  async similar(mode = "replace") {
    const { client } = this;
    const { focus, mapVersion } = client;
    if (focus === null) return client.say("Frame an image first: what is similar to it is then selected.");
    const isMore = mode === "replace" && client.selection.has(focus) && client.selection === this.#last;
    const n = isMore ? client.selection.size - 1 + SIMILAR : SIMILAR;
    try {
      /** @type {import("../shared/api.js").NeighboursAnswer} */
      const body = await client.api.get(this.space
        ? `alike?example=${focus}&n=${n}&by=${encodeURIComponent(this.space)}` : `neighbours?example=${focus}&n=${n}`);
      this.#take([focus, ...body.examples], mode, mapVersion);
      this.#last = client.selection;
    } catch (error) {
      client.sayTrouble(error);
    }
  }

  /** @type {Set<number> | null} */
  #last = null; // the last selection of similar images
  space = ""; // in which images are similar; "" as the map has it
  /** @type {{name: string, title: string}[] | null} */
  spaces = null; // that there are, once they were asked for

  /** Asks which spaces images can be compared in. */
  async readSpaces() {
    try {
      this.spaces = (await this.client.api.get("spaces")).spaces;
    } catch (error) {
      this.client.sayTrouble(error);
    }
  }

  /**
   * The island of the map that an example lies on; the framed one if none is named.
   * @param {SelectMode} mode
   */
  island(mode = "replace", example = this.client.focus) {
    const { client, map } = this;
    if (!map?.shown) return client.say("The map is still being read. Try again in a moment.");
    if (example === null) return client.say("Frame an image first: the island around it is then selected.");
    this.#take(this.colourSources.clusters?.around(example) ?? [], mode, map.version);
  }

  /**
   * What the model takes for a class and has no label.
   * @param {number} id
   * @param {SelectMode} mode
   */
  ofClass(id, mode = "replace") {
    const found = this.#open((example, guesses) => guesses.best[example] === id);
    if (!found) return;
    this.#take(found, mode);
    if (!found.length) this.client.say(`The model takes no unlabelled image for ${this.client.classOf(id)?.name}.`);
  }

  /**
   * All images of a domain, by its place; what has a label too.
   * @param {number} place
   * @param {SelectMode} mode
   */
  async ofDomain(place, mode = "replace") {
    const found = await this.colourSources.ofDomain(place);
    this.#take(found, mode);
    if (!found.length) this.client.say("The domains could not be read. Try again in a moment.");
  }

  /**
   * Those of the unlabelled images that the model is least sure of.
   * @param {number} part their share, in [0, 1]
   * @param {SelectMode} mode
   */
  leastSure(part, mode = "replace") {
    const found = this.#open(() => true);
    const { guesses } = this.client;
    if (!found || !guesses) return;
    const { p } = guesses;
    found.sort((a, b) => p[a] - p[b]);
    this.#take(found.slice(0, Math.round(part * found.length)), mode);
  }

  /**
   * Unlabelled examples that fit; null while nothing guesses.
   * @param {(example: number, guesses: import("../session/predictions.js").Predictions) => boolean} is
   */
  #open(is) {
    const { client } = this;
    if (!client.guesses) return client.say("There is no guess yet: label an image first."), null;
    /** @type {number[]} */
    const found = [];
    for (let i = 0; i < client.guesses.best.length; i++)
      if (client.isOpen(i) && is(i, client.guesses)) found.push(i);
    return found;
  }

  /**
   * Joins what was found to the selection.
   * @param {number[]} found
   * @param {SelectMode} mode
   * @param {number | null} version of the map, where places on it were meant: the selection is bound to it
   */
  #take(found, mode, version = null) {
    const { client } = this;
    const next = mode === "replace" ? new Set(found) : new Set(client.selection);
    if (mode === "add") for (const example of found) next.add(example);
    if (mode === "remove") for (const example of found) next.delete(example);
    this.map?.lasso.forget(); // no line encloses what is selected now
    client.setSelection(next, mode === "replace" ? version : version ?? client.selectedOn);
  }
}

/**
 * "12 images, at most 61% sure": what leastSure(part) would select.
 * @param {Pick<SessionClient, "guesses" | "isOpen">} client
 * @param {number} part
 */
export function leastSureInWords(client, part) {
  if (!client.guesses) return "";
  const counts = new Uint32Array(256);
  let open = 0;
  client.guesses.p.forEach((p, i) => client.isOpen(i) && ((counts[p] += 1), (open += 1)));
  const wanted = Math.round(part * open);
  let p = 0;
  for (let left = wanted - counts[0]; left > 0 && p < 255; left -= counts[p]) p += 1;
  return `${many(wanted, "image")}, at most ${share(p / 255)} sure`;
}
