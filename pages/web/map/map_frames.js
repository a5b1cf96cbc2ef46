/** The frames of the map: one is drawn only when something has changed, the dots only if they have. */

const REST = 120; // ms after which a hand that moved the map rests

export class MapFrames {
  count = 0; // so far

  #map;
  #zoomAnimation;
  #wanted = 0; // the animation frame asked for
  #dotsWanted = true;
  #movingUntil = 0;

  /**
   * @param {import("./latent_map.js").LatentMap} map
   * @param {import("./zoom_animation.js").ZoomAnimation} zoomAnimation
   */
  constructor(map, zoomAnimation) {
    this.#map = map;
    this.#zoomAnimation = zoomAnimation;
  }

  /** No frame that was asked for is drawn. */
  stop() {
    cancelAnimationFrame(this.#wanted);
  }

  /** The panel has another size. */
  resize() {
    const map = this.#map;
    const { clientWidth: width, clientHeight: height } = map.panel;
    if (!width || !height) return;
    const ratio = devicePixelRatio || 1;
    map.toolbar.canvas.width = Math.round(width * ratio);
    map.toolbar.canvas.height = Math.round(height * ratio);
    map.overlay.resize(width, height, ratio);
    map.overlay.reset();
    map.camera.resize(width, height);
    this.#dotsWanted = true;
    this.#draw(performance.now()); // at once: a resized canvas is empty
  }

  /** The hand moves the map: draws soon, and again when it rests. */
  moved() {
    this.#movingUntil = performance.now() + REST;
    this.redraw();
  }

  /** Asks for one more frame; the dots are drawn in it only if something about them has changed. */
  redraw(withDots = true) {
    this.#dotsWanted ||= withDots;
    this.#wanted ||= requestAnimationFrame((time) => this.#draw(Math.max(time, performance.now())));
  }

  /** @param {number} time ms */
  #draw(time) {
    const map = this.#map;
    cancelAnimationFrame(this.#wanted);
    this.#wanted = 0;
    const zoomAnimation = this.#zoomAnimation.tick(time);
    const gliding = map.moveAnimation.tick(time);
    const isMoving = gliding || zoomAnimation || time < this.#movingUntil;
    const dotsMove = (this.#dotsWanted || isMoving) && this.#drawDots(time, isMoving);
    const popping = map.moveAnimation.now ? map.overlay.draw(this.#view(time)) : false;
    map.hoverCard.place();
    this.count += 1;
    if (gliding || zoomAnimation || dotsMove) this.redraw();
    else if (popping) this.redraw(false);
  }

  /**
   * True while colours fade. 60 000 dots take 0.1 s without a graphics card: only when needed.
   * @param {number} time ms
   * @param {boolean} isMoving
   */
  #drawDots(time, isMoving) {
    this.#dotsWanted = false;
    const { points, camera, moveAnimation: { share }, theme: { ground }, toolbar } = this.#map;
    return points.draw({ camera, share, time, ground, isFaint: toolbar.showsImages, isMoving });
  }

  /**
   * @param {number} time ms
   * @returns {import("./overlay.js").OverlayView}
   */
  #view(time) {
    const { client, theme, camera, images, toolbar, names, said, given: { pops }, lasso } = this.#map;
    names.tick(this.#map.moveAnimation.share);
    return {
      client, theme, camera, images, time, at: (example) => this.#map.pixelOf(example),
      tintOf: (example) => (toolbar.mode === "person" ? this.#map.colourSources.tintOf(example) : null),
      labels: said.labels, labelled: said.marked, names: names.list, paths: lasso.paths, pops,
      hasImages: toolbar.showsImages, layers: this.#map.layers,
    };
  }
}
