/**
 * From the map's world ([0, 1] x [0, 1], y up) to CSS pixels of its panel and back.
 *
 * "Fit" leaves room for the tool bars above and the legend below; zoom and shift are on top of it
 * and are kept over updates and reloads.
 */

const MARGIN = { side: 40, top: 70, bottom: 50 }; // px, of a map with tool bars
const ZOOM = [0.5, 60];

/** @typedef {[x: number, y: number]} Point in the world's units, or in px */
/** @typedef {{zoom: number, x: number, y: number}} Shift of the fitted map; x and y in px */

export class Camera {
  width = 1;
  height = 1;
  zoom = 1;
  x = 0;
  y = 0;

  /**
   * @param {string} storageKey
   * @param {{side: number, top: number, bottom: number}} margin px around the fitted map
   */
  constructor(storageKey, margin = MARGIN) {
    this.#key = storageKey;
    this.#margin = margin;
    this.#take(this.#stored());
  }

  #key;
  #margin;

  /** @param {Partial<Shift>} shift what it leaves out stays */
  #take({ zoom = this.zoom, x = this.x, y = this.y }) {
    this.zoom = zoom;
    this.x = x;
    this.y = y;
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    // The shift is kept as a share of the size, so that a resized window shows the same place.
    this.x *= width / this.width || 1;
    this.y *= height / this.height || 1;
    this.width = width;
    this.height = height;
    if (this.#fresh) this.#take(this.#stored());
    this.#fresh = false;
  }

  #fresh = true;

  /** World units to pixels before the zoom: the same in x and y, so that distances stay honest. */
  get unit() {
    const { side, top, bottom } = this.#margin;
    const wide = this.width - 2 * side;
    const high = this.height - top - bottom;
    return Math.max(20, Math.min(wide, high));
  }

  get scale() {
    return this.unit * this.zoom;
  }

  /**
   * Pixel of the world's origin (bottom left corner of the map).
   * @returns {Point}
   */
  get origin() {
    const { unit, zoom } = this;
    const middle = (this.#margin.top + this.height - this.#margin.bottom) / 2;
    return [
      this.width / 2 + this.x - (unit * zoom) / 2,
      middle + this.y + (unit * zoom) / 2,
    ];
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {Point}
   */
  toPixel(x, y) {
    const [ox, oy] = this.origin;
    return [ox + x * this.scale, oy - y * this.scale];
  }

  /**
   * @param {number} px
   * @param {number} py
   * @returns {Point}
   */
  toWorld(px, py) {
    const [ox, oy] = this.origin;
    return [(px - ox) / this.scale, (oy - py) / this.scale];
  }

  /** Scale and offset from world to WebGL's clip space. */
  get clip() {
    const [ox, oy] = this.origin;
    const { scale, width, height } = this;
    return {
      scale: [(2 * scale) / width, (2 * scale) / height],
      offset: [(2 * ox) / width - 1, 1 - (2 * oy) / height],
    };
  }

  /**
   * @param {number} dx px
   * @param {number} dy px
   */
  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.#store();
  }

  /**
   * Zooms by a factor; the world's point under the pixel (px, py) stays there.
   * @param {number} factor
   */
  zoomAt(factor, px = this.width / 2, py = this.height / 2) {
    const [wx, wy] = this.toWorld(px, py);
    this.zoom = Math.min(ZOOM[1], Math.max(ZOOM[0], this.zoom * factor));
    const [nx, ny] = this.toPixel(wx, wy);
    this.pan(px - nx, py - ny);
  }

  /** Whether it shows the whole map as it is fitted into its panel. */
  get isFitted() {
    return this.zoom === 1 && this.x === 0 && this.y === 0;
  }

  fit() {
    this.#take({ zoom: 1, x: 0, y: 0 });
    this.#store();
  }

  #store() {
    try {
      const { zoom, x, y } = this;
      sessionStorage.setItem(this.#key, JSON.stringify({ zoom, x, y }));
    } catch {
      // Without storage the camera starts anew after a reload.
    }
  }

  /** @returns {Partial<Shift>} */
  #stored() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key) ?? "null") ?? {};
    } catch {
      return {};
    }
  }
}
