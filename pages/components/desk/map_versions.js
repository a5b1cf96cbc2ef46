/** The map on screen: the newest, or the one before the M1 was trained again, to compare the two. No DOM. */

export class MapVersions {
  #now = null; // {xy: n x 2, version}
  #before = null;
  #showsBefore = false;
  #isForming = false; // the newest comes of a training that goes on

  /** A new map; `isForming` while its M1 is still being trained, and sends one after the other. */
  take(xy, version, isForming) {
    if (!this.#isForming) [this.#before, this.#showsBefore] = [this.#now, false];
    if (this.#before?.xy.length !== xy.length) [this.#before, this.#showsBefore] = [null, false]; // images were added
    this.#now = { xy, version };
    this.#isForming = isForming;
  }

  get shown() {
    return this.#showsBefore ? this.#before : this.#now;
  }

  get hasBefore() {
    return this.#before !== null;
  }

  get showsBefore() {
    return this.#showsBefore;
  }

  /** Shows the other of the two. */
  turn() {
    this.#showsBefore = this.hasBefore && !this.#showsBefore;
  }
}
