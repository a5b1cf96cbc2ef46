/** Class samples: many new images of each class at once, as warm as wished, with the nearest real image to each. */

import { glyph, h, icon, key, picture, show, write } from "../shared/dom.js";
import { many } from "../shared/format.js";
import { HttpError } from "../shared/http.js";
import { paint } from "../shared/images.js";
import { anySeed } from "../shared/random.js";
import { inBase64 } from "./base64.js";
import { savePng, saveSvg } from "./save.js";

const COUNTS = [5, 10, 20, 40];
const SOON = 120; // ms after the hand rests
const HOTTEST = 2;
const INVITATION = "The model draws no classes yet. Label a few images on the Label page; then its drawings come here.";

/** @typedef {{classes: number[], n: number, images: Uint8Array, undrawn: Uint8Array, version: string | null}} Drawn */

export class SamplesView {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   */
  constructor(panel, shared) {
    this.#shared = shared;
    this.#warmth.addEventListener("input", () => this.#wish());
    this.#class.addEventListener("change", () => this.#wish());
    this.#seed.addEventListener("change", () => this.#sow(Number(this.#seed.value)));
    this.#counts = COUNTS.map((n) => h("button", { "data-testid": `samples-${n}`, onclick: () => (this.n = n, this.#wish()) }, String(n)));
    panel.append(h("section.panel.samples-panel", { "aria-label": "Class samples", "data-testid": "class-samples" },
      h("div.h", {}, "New images of each class", h("span.sp"), h("label.row.s", {}, "seed", this.#seed), this.#new, this.#png, this.#svg),
      h("div.row.samples-tools", {},
        h("label.sel", {}, h("span.s", {}, "class"), this.#className, this.#class),
        h("span.seg", { role: "group", "aria-label": "Images of each class" }, ...this.#counts),
        h("span.seg", { role: "group", "aria-label": "What is drawn" }, this.#draws, this.#means),
        h("label.row.s", {}, "temperature", this.#warmth, this.#warmthWords),
        h("span.sp"), this.#real),
      this.#rows, this.#none, this.#about));
    const { client } = shared;
    this.#stops = [client.on("guesses", () => this.#later()), client.on("state", () => this.#offer())];
    this.#offer();
  }

  #shared;
  #counts;
  #stops;
  #class = h("select", { "aria-label": "Class", "data-testid": "samples-class" });
  #className = h("span", {}, "all");
  #warmth = h("input.samples-warmth", { type: "range", min: 0, max: HOTTEST, step: 0.05, value: 1, "aria-label": "Temperature", "data-testid": "samples-temperature" });
  #warmthWords = h("span.s.mono", { "data-testid": "samples-warmth" }, "1.00");
  #seed = h("input.samples-seed", { type: "number", min: 1, max: 99999, step: 1, "aria-label": "Seed", "data-testid": "samples-seed" });
  #new = h("button.btn", { "data-testid": "samples-new", onclick: () => this.#sow(anySeed()) }, icon("shuffle"), "New", key("N"));
  #draws = h("button", { title: "As varied as what was seen of the class", "data-testid": "samples-draw", onclick: () => this.#setMean(false) }, "draws");
  #means = h("button", { title: "Random styles, all else at its mean: smoother, more alike", "data-testid": "samples-mean", onclick: () => this.#setMean(true) }, "means");
  #real = h("button.btn", { "data-testid": "samples-real", "aria-pressed": "false", onclick: () => this.#turnReal() }, "Nearest real", key("⇧R"));
  #png = h("button.btn", { "data-testid": "samples-png", onclick: () => this.#save(savePng) }, icon("download"), "PNG");
  #svg = h("button.btn", { "data-testid": "samples-svg", onclick: () => this.#save(saveSvg) }, icon("download"), "SVG");
  #rows = h("div.drawn-rows", { "data-testid": "sample-rows" });
  #none = h("div.nothing.s", { "data-testid": "samples-none" });
  #about = h("div.s.samples-about");
  n = 10;
  isMean = false;
  showsReal = false;
  /** @type {Drawn | null} */
  drawn = null;
  /** @type {number[] | null} */
  nearest = null; // an example for each drawing
  #isShown = false;
  /** @type {AbortController | null} */
  #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  show() {
    this.#isShown = true;
    this.#ask();
  }

  hide() {
    this.#isShown = false;
    this.#asking?.abort();
  }

  /** @param {Record<string, any>} state */
  restore(state) {
    if (COUNTS.includes(state.n)) this.n = state.n;
    if (Number.isFinite(state.temperature)) this.#warmth.value = String(state.temperature);
    if (Number.isInteger(state.class)) this.#wanted = state.class;
    this.isMean = state.mean === 1;
    this.showsReal = state.real === 1;
    this.#offer();
    this.#showTools();
  }

  /** @type {number | null} */
  #wanted = null; // the class alone, or all

  /** @param {KeyboardEvent} event */
  key(event) {
    const pressed = event.key.toLowerCase();
    if (event.repeat || pressed !== (event.shiftKey ? "r" : "n")) return false;
    if (event.shiftKey) this.#turnReal();
    else this.#sow(anySeed());
    return true;
  }

  get temperature() {
    return Number(this.#warmth.value);
  }

  /** The classes that can be chosen. */
  #offer() {
    const { classes } = this.#shared.client;
    const names = ["all", ...classes.map(({ name }) => name)];
    const ids = ["", ...classes.map(({ id }) => String(id))];
    const chosen = this.#wanted === null ? "" : String(this.#wanted);
    if (ids.join() !== [...this.#class.options].map(({ value }) => value).join())
      this.#class.replaceChildren(...ids.map((id, k) => h("option", { value: id }, names[k])));
    this.#class.value = ids.includes(chosen) ? chosen : "";
    write(this.#className, names[ids.indexOf(this.#class.value)] ?? "all");
  }

  /** @param {boolean} isMean */
  #setMean(isMean) {
    this.isMean = isMean;
    this.#wish();
  }

  /** @param {number} seed */
  #sow(seed) {
    const { link } = this.#shared;
    link.sow(Number.isSafeInteger(seed) && seed > 0 ? seed : 1);
    this.#wish();
  }

  #turnReal() {
    this.showsReal = !this.showsReal;
    this.#tell();
    this.#showTools();
    this.#match();
  }

  /** Something else is wanted: tells the link, and asks soon. */
  #wish() {
    this.#wanted = this.#class.value === "" ? null : Number(this.#class.value);
    this.#offer();
    this.#tell();
    this.#later(SOON);
  }

  #tell() {
    this.#shared.link.set("sampling", {
      n: this.n === 10 ? undefined : this.n, temperature: this.temperature === 1 ? undefined : this.temperature,
      class: this.#wanted ?? undefined, mean: this.isMean ? 1 : undefined, real: this.showsReal ? 1 : undefined,
    });
    this.#showTools();
  }

  #showTools() {
    this.#counts.forEach((button, k) => button.classList.toggle("on", COUNTS[k] === this.n));
    this.#draws.classList.toggle("on", !this.isMean);
    this.#means.classList.toggle("on", this.isMean);
    this.#real.classList.toggle("on", this.showsReal);
    this.#real.setAttribute("aria-pressed", String(this.showsReal));
    this.#seed.value = String(this.#shared.link.seed);
    write(this.#warmthWords, this.temperature.toFixed(2));
  }

  #later(wait = 600) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#isShown && this.#ask(), wait);
  }

  async #ask() {
    const { client, link } = this.#shared;
    const classes = this.#wanted === null ? client.classes.map(({ id }) => id) : [this.#wanted];
    this.#showTools();
    if (!classes.length) return;
    this.#asking?.abort(); // the newest wish wins
    const { signal } = (this.#asking = new AbortController());
    const query = `classes=${classes}&n=${this.n}&seed=${link.seed}&temperature=${this.temperature}${this.isMean ? "&mean=1" : ""}`;
    try {
      const { buffer, version } = await client.api.array(`explore/samples?${query}`, { signal });
      const bytes = new Uint8Array(buffer);
      const images = bytes.subarray(0, bytes.length - classes.length * this.n);
      this.drawn = { classes, n: this.n, images, undrawn: bytes.subarray(images.length), version };
      this.nearest = null;
      this.#paint();
      await this.#match();
    } catch (error) {
      if (signal.aborted) return;
      this.drawn = null;
      this.#paint(error instanceof HttpError && error.isSentence ? error.message : INVITATION);
    }
  }

  /** Asks for the real image nearest to each drawing. */
  async #match() {
    const { drawn } = this;
    if (!drawn || !this.showsReal) return this.#paint();
    if (this.nearest) return this.#paint();
    try {
      const { examples } = await this.#shared.client.api.post("explore/nearest", { images: inBase64(drawn.images) }, { timeout: 60000 });
      if (this.drawn !== drawn) return;
      this.nearest = examples;
      this.#paint();
    } catch (error) {
      this.#shared.client.sayTrouble(error);
    }
  }

  #paint(why = INVITATION) {
    const { drawn } = this;
    const { client, images } = this.#shared;
    const { shape } = images;
    show(this.#rows, drawn !== null);
    show(this.#none, drawn === null);
    write(this.#none, why);
    if (!drawn || !shape) return;
    const size = shape[0] * shape[1] * shape[2];
    const nearest = this.showsReal ? this.nearest : null;
    for (const [name, value] of Object.entries({ n: drawn.n, rows: drawn.classes.length, tiles: nearest ? 2 : 1 })) this.#rows.style.setProperty(`--${name}`, String(value));
    this.#rows.replaceChildren(...drawn.classes.flatMap((id, row) => {
      const cls = client.classOf(id);
      if (!cls) return [];
      const places = Array.from({ length: drawn.n }, (_, k) => row * drawn.n + k);
      if (places.every((place) => drawn.undrawn[place]))
        return [h("div.drawn-row", {}, glyph(cls), h("span.s.drawn-none", {}, client.state?.snapshot ? "no picture yet: label some of this class, or let the model learn longer" : "no label yet"))];
      return [h("div.drawn-row", {}, glyph(cls), ...places.map((place) => this.#tile(place, size, nearest, shape)))];
    }));
    const missing = drawn.undrawn.reduce((sum, value) => sum + value, 0);
    write(this.#about, `${this.isMean ? "Means" : "Draws"} of ${many(drawn.classes.length, "class")}${drawn.classes.length === 1 ? "" : "es"}`.replace("classses", "classes").replace("classs", "class")
      + ` with the seed ${this.#shared.link.seed}. Temperature 0 draws what is most usual near each code, 1 what was seen, more what is rare.`
      + (missing ? ` ${many(missing, "drawing")} looked like no picture and ${missing === 1 ? "is" : "are"} left out.` : "")
      + (nearest ? " Below each: the real image nearest to it." : ""));
  }

  /**
   * @param {number} place
   * @param {number} size
   * @param {number[] | null} nearest
   * @param {import("../shared/api.js").ImageShape} shape
   */
  #tile(place, size, nearest, shape) {
    const { images, client } = this.#shared;
    const { canvas, element } = picture();
    if (this.drawn && !this.drawn.undrawn[place]) paint(canvas, this.drawn.images.subarray(place * size, (place + 1) * size), shape);
    if (!nearest) return h("span.drawn-tile", {}, element);
    const real = picture(".real");
    const example = nearest[place];
    images.draw(real.canvas, example);
    const button = h("button", { "aria-label": `image ${example}`, "data-example": example, onclick: () => client.setFocus(example) }, real.element);
    return h("span.drawn-tile", {}, element, button);
  }

  /** @param {typeof savePng | typeof saveSvg} save */
  async #save(save) {
    const { drawn } = this;
    const { client, images: { shape }, link } = this.#shared;
    if (!drawn || !shape) return client.say("There is nothing to save yet.");
    const labels = drawn.classes.flatMap((id) => Array.from({ length: drawn.n }, () => client.classOf(id)?.name ?? ""));
    try {
      await save(drawn.images, shape, { columns: drawn.n, labels, name: `samples seed ${link.seed} temperature ${this.temperature}` });
    } catch (error) {
      client.say(/** @type {Error} */ (error).message, "bad");
    }
  }

  destroy() {
    this.hide();
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
  }
}
