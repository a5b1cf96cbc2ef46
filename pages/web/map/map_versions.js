// @ts-nocheck (its types are not written yet)
/**
 * The map on screen: the newest, the one before the M1 was trained again, to compare the two, or
 * another view of the same images. No DOM.
 */

export class MapVersions {
  view = "map"; // or "pca", "style"

  #now = null; // {xy: n x 2, version}
  #before = null;
  #seen = null; // another view than "map"
  #showsBefore = false;
  #isForming = false; // the newest comes of a training that goes on

  /** A new map; `isForming` while its M1 is still being trained, and sends one after the other. */
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

  /** Shows a view of the images that the map of this version shows; "map" is that map itself. */
  see(view, xy, version) {
    this.view = view;
    this.#seen = view === "map" ? null : { xy, version };
  }
}
