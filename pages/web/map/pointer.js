/**
 * The hand on the map: hover, click, pan, wheel, lasso and box.
 *
 * Shift adds to the selection, Alt takes away. The selection follows the lasso while it is drawn.
 */

const CLICK = 4; // px: less movement than this is a click
const DOUBLE = 400; // ms
const STEP = 3; // px between two points of a lasso

/** @typedef {import("./camera.js").Point} Point */
/** @typedef {"move" | "lasso" | "box"} Tool */
/** @typedef {"replace" | "add" | "remove"} SelectMode how what is found changes the selection */

/**
 * What the hand does, in px of the map.
 *
 * @typedef {object} Gestures
 * @property {() => void} started
 * @property {(isCancelled: boolean) => void} ended
 * @property {(px: number, py: number) => void} hover
 * @property {() => void} leave
 * @property {(px: number, py: number, mode: SelectMode, isDouble: boolean) => void} click
 * @property {(path: Point[], mode: SelectMode) => void} enclose
 * @property {(dx: number, dy: number) => void} pan
 * @property {(factor: number, px: number, py: number) => void} wheel
 */

export class Pointer {
  surface;
  actions;
  /** @type {Tool} */
  tool = "lasso";
  spaceHeld = false;
  isBusy = false; // a button is down on the map

  /**
   * @param {HTMLElement} surface
   * @param {Gestures} actions
   */
  constructor(surface, actions) {
    this.surface = surface;
    this.actions = actions;
    /**
     * @template {keyof HTMLElementEventMap} Name
     * @param {Name} name
     * @param {(event: HTMLElementEventMap[Name]) => void} f
     * @param {AddEventListenerOptions} [options]
     */
    const on = (name, f, options) => surface.addEventListener(name, f, options);
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", () => this.cancel());
    on("pointerleave", () => !this.isBusy && actions.leave());
    on("wheel", (event) => this.#wheel(event), { passive: false });
    on("auxclick", (event) => event.preventDefault());
    on("contextmenu", (event) => this.isBusy && event.preventDefault());
  }

  /** @type {Point[]} */
  #path = [];
  /** @type {Point} */
  #last = [0, 0];
  /** @type {Point} */
  #first = [0, 0];
  #isPan = false;
  #hasMoved = false;
  /** @type {SelectMode} */
  #mode = "replace";
  #frame = 0;

  /** @param {Tool} tool */
  setTool(tool) {
    this.tool = tool;
    this.showCursor();
  }

  /** @param {boolean} held */
  setSpace(held) {
    this.spaceHeld = held;
    this.showCursor();
  }

  showCursor() {
    const isMove = this.tool === "move" || this.spaceHeld;
    this.surface.style.cursor = isMove ? (this.isBusy ? "grabbing" : "grab") : "crosshair";
  }

  /** Ends a gesture without selecting. */
  cancel() {
    if (!this.isBusy) return;
    this.isBusy = false;
    cancelAnimationFrame(this.#frame);
    this.actions.ended(true);
    this.showCursor();
  }

  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  #place(event) {
    const box = this.surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button > 1 || this.isBusy) return;
    event.preventDefault();
    this.surface.setPointerCapture(event.pointerId);
    this.isBusy = true;
    this.#first = this.#last = this.#place(event);
    this.#path = [this.#first];
    this.#hasMoved = false;
    this.#isPan = this.tool === "move" || event.button === 1 || this.spaceHeld;
    this.#mode = event.shiftKey ? "add" : event.altKey ? "remove" : "replace";
    this.actions.started();
    this.showCursor();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const place = this.#place(event);
    if (!this.isBusy) return this.actions.hover(...place);
    const [dx, dy] = [place[0] - this.#last[0], place[1] - this.#last[1]];
    this.#hasMoved ||= distance(place, this.#first) >= CLICK;
    if (!this.#hasMoved) return;
    if (this.#isPan) {
      this.#last = place;
      return this.actions.pan(dx, dy);
    }
    if (this.tool === "box") this.#path = corners(this.#first, place);
    else if (distance(place, this.#path[this.#path.length - 1]) >= STEP) this.#path.push(place);
    this.#frame ||= requestAnimationFrame(() => this.#enclose());
  }

  #enclose() {
    this.#frame = 0;
    if (this.isBusy && this.#path.length > 2) this.actions.enclose(this.#path, this.#mode);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.isBusy) return;
    if (!this.#hasMoved && event.button === 0) this.#click(event);
    else if (!this.#isPan) {
      cancelAnimationFrame(this.#frame);
      this.#enclose();
    }
    this.isBusy = false;
    this.actions.ended(false);
    this.showCursor();
  }

  /**
   * Pointer events count no clicks: two at one place within DOUBLE are a double one.
   * @param {PointerEvent} event
   */
  #click(event) {
    const place = this.#place(event);
    const isDouble = event.timeStamp - this.#clicked.time < DOUBLE && distance(place, this.#clicked.place) < CLICK;
    this.#clicked = { time: isDouble ? -Infinity : event.timeStamp, place };
    this.actions.click(...place, this.#mode, isDouble);
  }

  /** @type {{time: number, place: Point}} */
  #clicked = { time: -Infinity, place: [0, 0] };

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const speed = event.ctrlKey ? 0.01 : 0.0015; // ctrl: a pinch on a touchpad
    this.actions.wheel(Math.exp(-event.deltaY * lines * speed), ...this.#place(event));
  }
}

/**
 * @param {Point} a
 * @param {Point} b
 */
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/**
 * @param {Point} a
 * @param {Point} b
 * @returns {Point[]}
 */
function corners([ax, ay], [bx, by]) {
  return [[ax, ay], [bx, ay], [bx, by], [ax, by]];
}
