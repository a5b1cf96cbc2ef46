/** The questions of an audit: one random image after the other, and no guess to lean on. */

import { enable, h, key, namedGlyph, picture, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { paint } from "../shared/images.js";

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../shared/images.js").Images} images
 * @property {import("./verbs.js").Verbs} verbs
 * @property {() => void} closed called when the person is done
 */

export class Questions {
  client;
  images;
  verbs;
  left;
  image;
  classes;
  back;
  dialog;

  /**
   * @param {HTMLElement} root of the page
   * @param {Parts} parts
   */
  constructor(root, { client, images, verbs, closed }) {
    this.client = client;
    this.images = images;
    this.verbs = verbs;
    this.left = h("span.s", { "data-testid": "questions-left" });
    this.image = picture(".asked");
    this.classes = h("div.row.choices");
    this.back = h("button.btn", { onclick: () => this.undo() }, "Undo", key("Z"));
    this.dialog = h("dialog.sheet.questions", { "data-testid": "questions", "aria-label": "Audit" },
      h("div.h", {}, "What is this?", this.left, h("span.sp"),
        h("button.btn", { onclick: () => this.close() }, "Stop", key("Esc"))),
      this.image.element, this.classes,
      h("div.row.asides", {}, h("button.btn", { "data-testid": "cannot-tell", onclick: () => this.cannotTell() },
        "Cannot tell", key("U")), this.back,
      h("span.s", {}, "The model does not learn from these answers.")));
    this.dialog.addEventListener("close", () => closed());
    root.append(this.dialog);
  }

  /** @type {number[]} */
  #asked = []; // examples
  #at = 0;

  get isOpen() {
    return this.dialog.open;
  }

  get example() {
    return this.#asked[this.#at] ?? null;
  }

  /** @param {number[]} examples */
  open(examples) {
    this.#asked = examples;
    this.#at = 0;
    this.images.want(examples);
    if (!this.dialog.open) this.dialog.showModal();
    this.update();
  }

  close() {
    this.dialog.close();
  }

  /** @param {number} cls */
  answer(cls) {
    if (this.example === null) return;
    this.verbs.give([this.example], cls, "audit");
    this.#go(1);
  }

  cannotTell() {
    if (this.example === null) return;
    this.verbs.mark([this.example], "unsure");
    this.#go(1);
  }

  undo() {
    if (!this.#at) return;
    this.verbs.step("undo");
    this.#go(-1);
  }

  /** @param {number} by */
  #go(by) {
    this.#at += by;
    if (this.#at >= this.#asked.length) return this.close();
    this.update();
  }

  async update() {
    const { example } = this;
    if (!this.isOpen || example === null) return;
    write(this.left, `${this.#at + 1} of ${this.#asked.length}`);
    enable(this.back, this.#at > 0, this.#at ? "Back to the one before" : "This is the first one");
    redraw(this.classes, () => this.classes.replaceChildren(...this.client.classes.map((cls) => h("button.chip", {
      "data-testid": `answer-${cls.key}`, onclick: () => this.answer(cls.id) }, namedGlyph(cls, "l"),
    cls.name === cls.glyph ? null : h("span.name", {}, cls.name), cls.key && cls.key !== cls.glyph ? key(cls.key.toUpperCase()) : null))));
    show(this.image.canvas, false);
    const pixels = await this.images.get(example).catch(() => null);
    if (pixels && this.images.shape && example === this.example) {
      paint(this.image.canvas, pixels, this.images.shape);
      show(this.image.canvas, true);
    }
  }
}
