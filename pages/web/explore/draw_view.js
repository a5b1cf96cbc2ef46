/** Draw: an image by hand, or one that is dropped; where it lies on the map, its guess, how the model redraws it. */

import { glyph, h, picture, show, write } from "../shared/dom.js";
import { ADDS, MISSES, paintDifference, sign } from "../shared/difference.js";
import { share } from "../shared/format.js";
import { HttpError } from "../shared/http.js";
import { paint } from "../shared/images.js";
import { rgb } from "../shared/theme.js";
import { fromBase64, inBase64 } from "./base64.js";
import { CodePlane } from "./code_plane.js";
import { DroppedFile } from "./dropped_file.js";
import { Paper } from "./paper.js";
import { PlacedMark } from "./placed_mark.js";
import { PosteriorOnMap } from "./posterior_on_map.js";

const SOON = 60; // ms after a stroke
const SHOWN = 4; // classes
const LOOKING = "Looking where it lies, and what the model makes of it.";
const INVITATION = "Draw something on the paper, or drop, paste or open an image: it is placed on the map, with the model's guess.";

/**
 * @typedef {object} Found
 * @property {string} image in base64, as the model sees it
 * @property {string[]} done what was done to it, in sentences
 * @property {{class: number, p: number}[]} guesses
 * @property {[number, number]} xy on the map
 * @property {{example: number, distance: number}[]} nearest
 * @property {boolean} is_far from every image
 * @property {string | null} redrawn
 * @property {number[]} code
 * @property {number[]} variance of the code, empty where an encoder gives a point
 * @property {string} unseen what could not look at it
 * @property {string} kept what a dropped file is kept as, "" of strokes
 */

export class DrawView {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   */
  constructor(panel, shared) {
    this.#shared = shared;
    this.paper = new Paper({ isColour: () => (shared.images.shape?.[2] ?? 1) > 1 });
    const column = (/** @type {HTMLElement} */ element, /** @type {(string | Node)[]} */ ...words) => h("div.column", {}, element, h("div.s.row.words", {}, ...words));
    this.#plane = new CodePlane(shared);
    this.#result = h("div.draw-result", {},
      h("div.row.draw-tiles", {}, column(this.#image.element, "as the model sees it"), column(this.#redrawn.element, this.#redrawnWords),
        column(this.#difference.element, sign(ADDS, "adds"), sign(MISSES, "misses"))),
      h("div.draw-guesses", { "data-testid": "draw-guesses" }, this.#guesses), this.#warning,
      h("div.s", {}, "Nearest real images"), this.#near,
      this.#inferred, this.#done);
    this.#inferred.append(h("div.s", {}, "What is inferred of it"), this.#plane.element);
    panel.append(
      h("section.panel.draw-paper", { "aria-label": "Draw" }, h("div.h", {}, "Draw an image"), this.#paperBox),
      h("section.panel.draw-found", { "aria-label": "What the model makes of it", "data-testid": "draw-found" }, h("div.h", {}, "What the model makes of it", this.#kind),
        this.#result, this.#none));
    this.#paperBox.append(this.paper.canvas, this.paper.tools, this.#hint);
    show(this.#result, false);
    this.#mark = new PlacedMark(shared.map);
    this.#onMap = new PosteriorOnMap(shared);
    this.#stops = [
      this.paper.on("drawn", () => this.#drawn()), this.paper.on("file", (file) => this.#open(file)),
      this.paper.on("refused", (sentence) => shared.client.say(sentence, "bad")),
      shared.client.on("guesses", () => this.#isShown && this.#refresh()),
      shared.client.on("map", () => this.#isShown && this.#place()), shared.codes.on("changed", () => this.#isShown && this.#place()),
      this.#listenForFiles(panel),
    ];
  }

  #shared;
  #result;
  #plane;
  #mark;
  #onMap;
  #stops;
  paper;
  #paperBox = h("div.paper-box");
  #hint = h("div.s", {}, "Or drop an image on the page, or paste one.");
  #none = h("div.nothing.s", { "data-testid": "draw-none" }, INVITATION);
  #image = picture(".big");
  #redrawn = picture(".big");
  #redrawnWords = h("span", {}, "redrawn");
  #difference = picture(".big");
  #guesses = h("div.bars");
  #warning = h("div.s.warn", { role: "status", "data-testid": "draw-warning" });
  #near = h("div.row.draw-near", { "data-testid": "draw-near" });
  #inferred = h("div.draw-inferred");
  #done = h("div.s", { "data-testid": "draw-done" });
  #kind = h("span.s");
  /** @type {Found | null} */
  found = null;
  /** @type {DroppedFile | null} */
  #file = null; // that was given instead of strokes
  #isShown = false;
  /** @type {AbortController | null} */
  #asking = null;
  #isStale = false; // guesses have changed since it was asked
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  show() {
    this.#isShown = true;
    if (!this.#file) this.paper.draw();
    if (this.#file || !this.paper.strokes.isEmpty) this.#later();
    this.#place();
  }

  hide() {
    this.#isShown = false;
    this.#mark.show(null);
    this.#onMap.clear();
  }

  /** @param {Record<string, any>} state */
  restore(state) {
    this.paper.strokes.restore(state.strokes);
    this.paper.draw();
    if (DroppedFile.isKept(state.file)) this.#take(new DroppedFile(String(state.name ?? ""), { kept: state.file }));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.shiftKey || event.repeat) return false;
    const letter = event.key.toLowerCase();
    if (letter === "u" || letter === "backspace") return this.paper.undo(), true;
    if (letter === "x") return this.paper.clear(), true;
    return false;
  }

  /** @param {HTMLElement} panel */
  #listenForFiles(panel) {
    const paste = (/** @type {ClipboardEvent} */ event) => this.#isShown && this.paper.takeFrom(event.clipboardData) && event.preventDefault();
    const over = (/** @type {DragEvent} */ event) => this.#isShown && event.preventDefault();
    const drop = (/** @type {DragEvent} */ event) => {
      if (!this.#isShown) return;
      event.preventDefault();
      if (!this.paper.takeFrom(event.dataTransfer)) this.#shared.client.say("What was dropped is no image.");
    };
    window.addEventListener("paste", paste);
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop);
    panel.addEventListener("dragover", over);
    return () => {
      window.removeEventListener("paste", paste);
      window.removeEventListener("dragover", over);
      window.removeEventListener("drop", drop);
    };
  }

  #drawn() {
    this.#file = null;
    this.#tellLink();
    this.#later();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#again(), SOON);
  }

  /** @param {File} file */
  async #open(file) {
    await this.#take(new DroppedFile(file.name || "pasted image", { bytes: new Uint8Array(await file.arrayBuffer()) }));
  }

  /** @param {DroppedFile} file */
  async #take(file) {
    this.#file = file;
    const bitmap = await file.picture(this.#shared.client.api).catch(() => null);
    if (this.#file !== file) return; // another was dropped meanwhile
    if (bitmap) this.paper.showPicture(bitmap);
    await this.#again();
  }

  #tellLink() {
    const { strokes } = this.paper;
    this.#shared.link.set("draw", this.#file ? this.#file.state : strokes.isEmpty ? {} : { strokes: strokes.state });
  }

  /** Asks again for new guesses, but not before the answer: while a model learns, it would never come. */
  #refresh() {
    if (this.#asking) this.#isStale = true;
    else void this.#again();
  }

  /** Has what is on the paper placed; the newest drawing wins. */
  async #again() {
    this.#asking?.abort();
    this.#asking = null;
    const { strokes } = this.paper;
    if (!this.#file && strokes.isEmpty) {
      this.found = null;
      return this.#paint();
    }
    const asking = (this.#asking = new AbortController()), { signal } = asking;
    this.#isStale = false;
    if (!this.found) this.#paint(LOOKING);
    const file = this.#file;
    const { pixels, shape } = this.paper.read();
    const body = file?.body ?? { name: "drawing", pixels: inBase64(pixels), shape };
    try {
      const found = (this.found = await this.#shared.client.api.post("explore/place", body, { signal, timeout: 60000 }));
      if (file && found.kept) file.kept = found.kept;
      if (file) this.#tellLink();
      this.#paint();
    } catch (error) {
      if (signal.aborted) return;
      this.found = null;
      this.#paint(error instanceof HttpError && error.isSentence ? error.message : "The server did not answer. Try again.");
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
    if (this.#isStale && this.#isShown && !this.#asking) await this.#again();
  }

  #paint(why = INVITATION) {
    const { found } = this;
    const { client, images } = this.#shared;
    const { shape } = images;
    show(this.#result, found !== null);
    show(this.#none, found === null);
    write(this.#none, why);
    write(this.#kind, this.#file && found ? this.#file.name : "");
    this.#place();
    if (!found || !shape) return;
    const pixels = fromBase64(found.image);
    paint(this.#image.canvas, pixels, shape);
    const redrawn = found.redrawn === null ? null : fromBase64(found.redrawn);
    show(this.#difference.canvas, redrawn !== null);
    show(this.#redrawn.canvas, redrawn !== null);
    write(this.#redrawnWords, redrawn ? "redrawn" : "cannot be redrawn yet");
    if (redrawn) {
      paint(this.#redrawn.canvas, redrawn, shape);
      paintDifference(this.#difference.canvas, pixels, redrawn, shape);
    }
    const shown = found.guesses.slice(0, SHOWN).filter(({ p }, k) => !k || p >= 0.01);
    this.#guesses.replaceChildren(...shown.flatMap(({ class: id, p }) => {
      const cls = client.classOf(id);
      if (!cls) return [];
      const bar = h("i");
      bar.style.cssText = `width: ${100 * p}%; background: ${rgb(this.#shared.theme.ofClass(id))}`;
      return [h("div.row.bar", {}, glyph(cls), h("span.meter", {}, bar), h("span.s", {}, share(p)))];
    }));
    if (!shown.length) this.#guesses.replaceChildren(h("div.s", {}, "No guess yet: label a few images first."));
    const far = found.is_far ? "No image of the data set is like this one: take the guess with care." : "";
    write(this.#warning, [far, found.unseen].filter(Boolean).join(" "));
    show(this.#warning, Boolean(far || found.unseen));
    this.#near.replaceChildren(...found.nearest.slice(0, 8).map(({ example }) => {
      const { canvas, element } = picture();
      images.draw(canvas, example);
      return h("button", { "aria-label": `image ${example}`, onclick: () => client.setFocus(example) }, element);
    }));
    write(this.#done, found.done.join(" "));
    const { codes } = this.#shared;
    const isKnown = found.code.length > 0 && codes.has("code") && codes.dim("code") === found.code.length;
    show(this.#inferred, isKnown);
    if (isKnown) this.#plane.show(found.code, found.variance.length ? found.variance : null);
  }

  /** Where it lies on the map, and what is inferred of it. */
  #place() {
    const { found } = this;
    this.#mark.show(this.#isShown ? found : null);
    if (this.#isShown && found?.code.length) this.#onMap.show(found.code, found.variance.length ? found.variance : null, 1);
    else this.#onMap.clear();
  }

  destroy() {
    this.#asking?.abort();
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
    this.#mark.destroy();
    this.#onMap.destroy();
  }
}
