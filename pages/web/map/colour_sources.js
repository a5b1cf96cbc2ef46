/**
 * What dots can be coloured by besides classes: how odd the model finds them, who named them, their
 * domain, the island they lie on. Each is read, or worked out, once it is asked for. No DOM.
 */

import { Emitter } from "../shared/emitter.js";
import { Clusters } from "./clusters.js";
import { colourOf } from "../shared/people.js";

const NO_DOMAIN = 255;

/** @typedef {"guess" | "label" | "confidence" | "oddness" | "person" | "domain" | "island" | "column"} ColourMode what dots are coloured by */

/**
 * Emits "change" when what was asked for has come.
 * @extends {Emitter<{change: undefined}>}
 */
export class ColourSources extends Emitter {
  /** @param {import("../session/session_client.js").SessionClient} client */
  constructor(client) {
    super();
    this.client = client;
  }

  client;
  /** @type {{shown: Float32Array | null} | null} */
  map = null; // set by label_page.js: says which version of the map is on screen
  /** @type {string[]} */
  people = []; // names, in the order of their numbers in of("person")
  /** @type {Partial<Record<ColourMode, {version: unknown, values: Uint8Array | Uint16Array}>>} */
  #known = {};
  /** @type {{name: string, values: Uint8Array} | null} */
  column = null; // of rows of numbers, that a person chose: 0 missing, 1 to 255
  #asking = false;
  /** @type {{xy: Float32Array, of: Clusters} | null} */
  #clusters = null;

  /** @param {{name: string, values: Uint8Array} | null} column */
  setColumn(column) {
    this.column = column;
    this.emit("change");
  }

  /**
   * Brings what the mode on screen shows up to date: called when it, the map, labels or guesses change.
   * @param {ColourMode} mode
   */
  want(mode) {
    if (mode === "island") return void this.#number();
    if (mode === "oddness" || mode === "person" || mode === "domain") this.#read(mode);
  }

  /**
   * A number an example, or null while it is not there. "oddness": 0 unknown, 1 to 255. "person":
   * 0 nobody, else 1 + a place in `people`. "domain": the same in `domains`. "island": 0 between them, else 1 for the largest, ...
   * @param {ColourMode} mode
   */
  of(mode) {
    if (mode === "column") return this.column?.values ?? null;
    return this.#known[mode]?.values ?? null;
  }

  /**
   * The colour of who named an example, as CSS; null before that is known.
   * @param {number} example
   */
  tintOf(example) {
    const person = this.of("person")?.[example];
    return person ? colourOf(this.people[person - 1]) : null;
  }

  /**
   * Whether there is nothing to show: nobody named an image, the model was asked about none.
   * @param {ColourMode} mode
   */
  isBare(mode) {
    return !this.of(mode)?.some((value) => value > 0);
  }

  /** The domains of the examples, in the order of their places; none where the data set has none. */
  get domains() {
    return this.client.state?.data.domains ?? [];
  }

  /**
   * The examples of a domain by its place, once that is known.
   * @param {number} place
   */
  async ofDomain(place) {
    if (!this.of("domain")) await this.#read("domain");
    /** @type {number[]} */
    const found = [];
    this.of("domain")?.forEach((value, example) => value === place + 1 && found.push(example));
    return found;
  }

  /**
   * The name of an example's domain; "" where it has none, or that is not read yet.
   * @param {number} example
   */
  domainOf(example) {
    return this.domains[(this.of("domain")?.[example] ?? 0) - 1]?.name ?? "";
  }

  /** The islands of the map on screen, or null before there is one. */
  get clusters() {
    const xy = this.map?.shown;
    if (!xy) return null;
    if (this.#clusters?.xy !== xy) this.#clusters = { xy, of: new Clusters(xy) };
    return this.#clusters.of;
  }

  #number() {
    const { clusters, map } = this;
    if (!clusters || this.#known.island?.version === map?.shown) return;
    this.#known.island = { version: map?.shown, values: clusters.numbers() };
  }

  /** @param {"oddness" | "person" | "domain"} mode */
  async #read(mode) {
    const { client } = this;
    const version = mode === "domain" ? client.state?.data.fingerprint ?? null
      : mode === "oddness" ? client.state?.snapshot?.rev ?? null : client.state?.labels.seq ?? null;
    if (this.#asking || version === null || this.#known[mode]?.version === version) return;
    this.#asking = true;
    try {
      const values = await { oddness: () => this.#oddness(), person: () => this.#annotators(), domain: () => this.#places() }[mode]();
      this.#known[mode] = { version, values };
      this.emit("change");
    } catch {
      // What was there stays; the next state asks again.
    }
    this.#asking = false;
  }

  async #oddness() {
    return new Uint8Array((await this.client.api.array("odd")).buffer);
  }

  async #places() {
    const places = new Uint8Array((await this.client.api.array("domains")).buffer);
    return new Uint16Array(places).map((place) => (place === NO_DOMAIN ? 0 : place + 1));
  }

  async #annotators() {
    /** @type {import("../shared/api.js").AnnotatorsAnswer} */
    const { people, examples, of } = await this.client.api.get("annotators");
    const values = new Uint16Array(this.client.state?.data.n ?? 0);
    examples.forEach((example, k) => (values[example] = 1 + of[k]));
    this.people = people;
    return values;
  }
}
