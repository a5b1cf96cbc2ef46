// @ts-nocheck (its types are not written yet)
/**
 * What dots can be coloured by besides classes: how odd the model finds them, who named them, the
 * island they lie on. Each is read, or worked out, once it is asked for. No DOM.
 */

import { Emitter } from "../shared/emitter.js";
import { Clusters } from "./clusters.js";
import { colourOf } from "../shared/people.js";

/** Emits "change" when what was asked for has come. */
export class ColourSources extends Emitter {
  constructor(client) {
    super();
    this.client = client;
    this.map = null; // set by label_page.js: says which version of the map is on screen
    this.people = []; // names, in the order of their numbers in of("person")
  }

  #known = {}; // mode -> {version, values}
  #asking = false;
  #clusters = { xy: null, of: null };

  /** Brings what the mode on screen shows up to date: called when it, the map, labels or guesses change. */
  want(mode) {
    if (mode === "island") return void this.#number();
    if (mode === "oddness" || mode === "person") this.#read(mode);
  }

  /**
   * A number an example, or null while it is not there. "oddness": 0 unknown, 1 to 255. "person":
   * 0 nobody, else 1 + a place in `people`. "island": 0 between them, else 1 for the largest, ...
   */
  of(mode) {
    return this.#known[mode]?.values ?? null;
  }

  /** The colour of who named an example, as CSS; null before that is known. */
  tintOf(example) {
    const person = this.of("person")?.[example];
    return person ? colourOf(this.people[person - 1]) : null;
  }

  /** Whether there is nothing to show: nobody named an image, the model was asked about none. */
  isBare(mode) {
    return !this.of(mode)?.some((value) => value > 0);
  }

  /** The islands of the map on screen, or null before there is one. */
  get clusters() {
    const { map } = this;
    if (!map?.shown) return null;
    if (this.#clusters.xy !== map.shown) this.#clusters = { xy: map.shown, of: new Clusters(map.shown) };
    return this.#clusters.of;
  }

  #number() {
    const { clusters, map } = this;
    if (!clusters || this.#known.island?.version === map.shown) return;
    this.#known.island = { version: map.shown, values: clusters.numbers() };
  }

  async #read(mode) {
    const { client } = this;
    const version = mode === "oddness" ? client.state?.snapshot?.rev ?? null : client.state?.labels.seq ?? null;
    if (this.#asking || version === null || this.#known[mode]?.version === version) return;
    this.#asking = true;
    try {
      const values = mode === "oddness" ? await this.#oddness() : await this.#annotators();
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

  async #annotators() {
    const { people, examples, of } = await this.client.api.get("annotators");
    const values = new Uint16Array(this.client.state.data.n);
    examples.forEach((example, k) => (values[example] = 1 + of[k]));
    this.people = people;
    return values;
  }
}
