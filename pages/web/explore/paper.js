/** The paper to draw on, by mouse, pen or finger; also takes a file that is dropped, pasted or chosen. */

import { Emitter } from "../shared/emitter.js";
import { context, enable, h, icon, key } from "../shared/dom.js";
import { Strokes } from "./strokes.js";

const SIDE = 320; // px of the canvas itself, whatever size it has on screen
const SENT = 280; // px that are sent
const WIDTHS = { thin: 0.04, medium: 0.075, thick: 0.12 }; // of the paper
const WHITE = "#ffffff";
const BLACK = "#000000";
const MOST_BYTES = 5.5e6; // of a file

/** @typedef {{pixels: Uint8Array, shape: [number, number, number]}} Drawing */

/** @extends {Emitter<{drawn: undefined, file: File, refused: string}>} */
export class Paper extends Emitter {
  /** @param {{isColour: () => boolean}} options */
  constructor({ isColour }) {
    super();
    this.#isColour = isColour;
    this.canvas = h("canvas.paper", { width: SIDE, height: SIDE, tabindex: "0", role: "img", "data-testid": "paper",
      "aria-label": "Paper: draw here with mouse, pen or finger, or paste an image" });
    this.#widths = Object.entries(WIDTHS).map(([name, width]) => h("button", { title: `${name} stroke`, "data-testid": `stroke-${name}`, onclick: () => this.setWidth(width) },
      h(`i.nib.${name}`)));
    this.#file.addEventListener("change", () => (this.#take(this.#file.files?.[0] ?? null), (this.#file.value = "")));
    this.tools = h("div.row.paper-tools", {}, h("span.seg", { role: "group", "aria-label": "Width of the stroke" }, ...this.#widths), this.#colour,
      h("span.sp"), this.#undo, this.#clear, h("label.btn", { title: "Or drop an image on the page, or paste it" }, icon("image"), "Open an image", this.#file));
    this.#listen();
    this.setWidth(WIDTHS.medium);
    this.draw();
  }

  canvas;
  tools;
  strokes = new Strokes();
  width = WIDTHS.medium;
  #isColour;
  #widths;
  #colour = h("input.paper-colour", { type: "color", value: BLACK, "aria-label": "Colour of the stroke", "data-testid": "stroke-colour" });
  #undo = h("button.btn", { "data-testid": "stroke-undo", onclick: () => this.undo() }, icon("undo"), "Undo stroke", key("U"));
  #clear = h("button.btn", { "data-testid": "stroke-clear", onclick: () => this.clear() }, "Clear", key("X"));
  #file = h("input", { type: "file", accept: "image/*", "data-testid": "draw-file", class: "twin" });
  #isDown = false;
  #hasPicture = false; // of a file, instead of strokes

  #listen() {
    const { canvas } = this;
    const at = (/** @type {PointerEvent} */ event) => {
      const box = canvas.getBoundingClientRect();
      return /** @type {[number, number]} */ ([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      this.#isDown = true;
      this.strokes.begin(...at(event), this.width, this.#isColour() ? this.#colour.value : BLACK);
      this.draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.#isDown) return;
      for (const each of event.getCoalescedEvents?.() ?? [event]) this.strokes.go(...at(each));
      this.draw();
    });
    const up = () => {
      if (!this.#isDown) return;
      this.#isDown = false;
      this.emit("drawn");
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
  }

  /**
   * What may lie in a drop or a paste is taken as a file.
   * @param {DataTransfer | null} given
   */
  takeFrom(given) {
    const file = [...(given?.files ?? [])].find(({ type }) => type.startsWith("image/") || type === "") ?? null;
    if (file) this.#take(file);
    return file !== null;
  }

  /** @param {File | null} file */
  #take(file) {
    if (!file) return;
    if (file.size > MOST_BYTES) return this.emit("refused", `'${file.name}' has ${(file.size / 1e6).toFixed(1)} MB; up to 5.5 MB are looked at here. Import it on the Data page, or make it smaller.`);
    this.emit("file", file);
  }

  /** @param {number} width */
  setWidth(width) {
    this.width = width;
    const chosen = Object.values(WIDTHS).indexOf(width);
    this.#widths.forEach((button, k) => (button.classList.toggle("on", k === chosen), button.setAttribute("aria-pressed", String(k === chosen))));
  }

  undo() {
    if (!this.strokes.undo()) return;
    this.draw();
    this.emit("drawn");
  }

  clear() {
    this.strokes.clear();
    this.draw();
    this.emit("drawn");
  }

  draw() {
    this.#hasPicture = false;
    this.strokes.draw(context(this.canvas), SIDE, WHITE);
    this.#colour.hidden = !this.#isColour();
    this.#offer();
  }

  #offer() {
    enable(this.#undo, !this.strokes.isEmpty, "There is no stroke to take back");
    enable(this.#clear, this.#hasPicture || !this.strokes.isEmpty, "The paper is empty");
  }

  /**
   * Shows a picture that came as a file instead of strokes.
   * @param {ImageBitmap} picture
   */
  showPicture(picture) {
    this.strokes.clear();
    this.draw();
    const c = context(this.canvas);
    const scale = SIDE / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    c.imageSmoothingEnabled = scale < 4;
    c.drawImage(picture, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
    this.#hasPicture = true;
    this.#offer();
  }

  /**
   * What was drawn, as it is sent.
   * @returns {Drawing}
   */
  read() {
    const canvas = h("canvas", { width: SENT, height: SENT });
    this.strokes.draw(context(canvas), SENT, WHITE);
    const { data } = context(canvas).getImageData(0, 0, SENT, SENT);
    const channels = this.#isColour() ? 3 : 1;
    const pixels = new Uint8Array(SENT * SENT * channels);
    for (let i = 0; i < SENT * SENT; i++) for (let c = 0; c < channels; c++) pixels[i * channels + c] = data[4 * i + c];
    return { pixels, shape: [SENT, SENT, channels] };
  }
}
