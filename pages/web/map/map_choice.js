/** Which map the dots are on: the newest, the one before, another view of the same images, or one of another time. */

import { MapVersions } from "./map_versions.js";

/** @typedef {import("./map_versions.js").View} View */

/**
 * What is asked of a map.
 * @typedef {object} WithDots
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("./map_toolbar.js").MapToolbar} toolbar
 * @property {{isBusy: boolean}} pointer
 * @property {() => void} clear lets go of the selection
 */

export class MapChoice {
  /**
   * @param {WithDots} map
   * @param {() => void} go brings the dots to the map that is shown
   */
  constructor(map, go) {
    this.#map = map;
    this.#go = go;
  }

  versions = new MapVersions();
  #map;
  #go;
  #waiting = false; // a new map has come during a gesture

  /** Takes the newest map, once no gesture is under way. */
  take() {
    const { client, pointer, toolbar } = this.#map;
    if (pointer.isBusy) return void (this.#waiting = true);
    this.#waiting = false;
    if (!client.xy) return;
    this.versions.take(client.xy, client.mapVersion, client.state?.trainer.state === "pretraining");
    client.dropStaleSelection();
    if (this.versions.showsBefore) return toolbar.update();
    this.#go();
  }

  /** A gesture has ended: a map that came meanwhile may be taken now. */
  release() {
    if (this.#waiting) this.take();
  }

  /**
   * Shows the newest map ("map"), or another of the same images, which the trainer works out.
   * @param {View} view
   */
  async see(view) {
    const { client, toolbar } = this.#map;
    const wish = (toolbar.awaited = view === "map" ? null : { view });
    try {
      const answer = wish && (await client.api.array(`map?view=${view}`));
      if (toolbar.awaited !== wish) return; // another was asked for meanwhile
      this.versions.see(view, answer && { xy: new Float32Array(answer.buffer), version: Number(answer.version) });
      this.#letGo();
      this.#go();
    } catch (error) {
      client.sayTrouble(error);
    }
    if (toolbar.awaited === wish) toolbar.awaited = null;
    toolbar.update();
  }

  /** Shows the map before the last training of the M1, or the newest again. */
  turn() {
    this.versions.turn();
    this.#letGo();
    this.#go();
  }

  /**
   * The places of another time, or null for those of now.
   * @param {Float32Array | null} xy
   */
  showTime(xy) {
    this.versions.see("map", xy && xy !== this.#map.client.xy ? { xy, version: null } : null);
  }

  /** What was selected by its place on another map. */
  #letGo() {
    if (this.#map.client.selectedOn !== null) this.#map.clear();
  }
}
