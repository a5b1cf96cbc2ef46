/**
 * The map on screen: the newest, the one before the M1 was trained again, to compare the two, or
 * another view of the same images. No DOM.
 */

/** @typedef {"map" | "pca" | "style"} View of the images; "map" is the one by UMAP */
/** @typedef {{xy: Float32Array, version: number | null}} MapVersion xy is n x 2 */

export class MapVersions {
  /** @type {View} */
  view = "map";

  /** @type {MapVersion | null} */
  #now = null;
  /** @type {MapVersion | null} */
  #before = null;
  /** @type {MapVersion | null} */
  #seen = null; // another view than "map"
  #showsBefore = false;
  #isForming = false; // the newest comes of a training that goes on

  /**
   * A new map.
   * @param {Float32Array} xy n x 2
   * @param {number | null} version
   * @param {boolean} isForming while its M1 is still being trained, and sends one after the other
   */
  take(xy, version, isForming) {
    if (!this.#isForming) [this.#before, this.#showsBefore] = [this.#now, false];
    if (this.#before?.xy.length !== xy.length) [this.#before, this.#showsBefore] = [null, false]; // images were added
    this.#now = { xy, version };
    this.#isForming = isForming;
    this.see("map");
  }

  get shown() {
    if (this.#seen) return this.#seen;
    return this.#showsBefore ? this.#before : this.#now;
  }

  get hasBefore() {
    return this.#before !== null && !this.#seen;
  }

  get showsBefore() {
    return this.#showsBefore && !this.#seen;
  }

  /** Shows the other of the two. */
  turn() {
    this.#showsBefore = this.hasBefore && !this.#showsBefore;
  }

  /**
   * Shows a view of the images that the map shows.
   * @param {View} view
   * @param {MapVersion | null} seen its places, and the version of the map; null for "map", that map itself
   */
  see(view, seen = null) {
    this.view = view;
    this.#seen = seen;
  }
}
