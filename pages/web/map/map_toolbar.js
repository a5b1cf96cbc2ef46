/** What stands around the map: canvases, tool bars, legend, the bar while loading, the error. */

import { glyph, h, icon, key, letGo, show, write } from "../shared/dom.js";
import { count, many, preciseShare } from "../shared/format.js";
import { modeOf } from "./select_mode.js";
import { badge, domainColour } from "../shared/people.js";
import { nounOf } from "../texts/texts.js";

/** @typedef {import("./colour_sources.js").ColourMode} ColourMode */
/** @typedef {import("./map_versions.js").View} View */
/** @typedef {import("./pointer.js").Tool} Tool */
/** @typedef {import("./pointer.js").SelectMode} SelectMode */

/** @type {[tool: Tool, title: string, sign: string, letter: string][]} */
const TOOLS = [
  ["move", "Move", "pan_tool", "V"], ["lasso", "Lasso", "lasso_select", "L"], ["box", "Box", "select", "B"],
];
const ZOOM_STEP = 1.5;
/** @type {ColourMode[]} */
const MODES = ["guess", "label", "confidence", "oddness", "person", "domain", "island", "column"];
/** @type {string[]} */
const WITHOUT_GUESSES = ["label", "person", "domain", "island", "column"]; // of MODES
/** @type {Partial<Record<ColourMode, string>>} */
const MEANS = { confidence: "the darker, the less sure", oddness: "the darker, the odder to the model",
  person: "a tint for each person", domain: "a tint for each domain", island: "a tint for each island of the map",
  column: "the darker, the larger; missing is faint" };
/** @type {Partial<Record<ColourMode, string>>} */
const BARE = { oddness: "the model has to learn more first", person: "nobody named an image yet" };
const MOST_NAMES = 4; // in the legend
const VIEWS = { map: "Map by UMAP", pca: "PCA of the M1's latents", style: "The model's own latents" };
const VIEW_NOTES = { pca: "the two directions in which the M1's latents vary most",
  style: "the model's own latents, given the class it guesses" };

/**
 * What its buttons do.
 *
 * @typedef {object} MapActions
 * @property {(tool: Tool) => void} setTool
 * @property {(factor: number) => void} zoom
 * @property {() => void} fit
 * @property {() => void} turn
 * @property {(view: View) => void} see
 * @property {() => void} colourBy
 * @property {() => void} draws
 * @property {(place: number, mode: SelectMode) => void} selectDomain
 */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("./colour_sources.js").ColourSources} colourSources
 * @property {import("./said.js").Said} said
 * @property {import("./map_versions.js").MapVersions} versions
 */

export class MapToolbar {
  panel;
  client;
  colourSources;
  said;
  versions;
  actions;
  showsImages = false;
  /** @type {{view: View} | null} */
  awaited = null; // that the trainer works out
  missing = ""; // why this browser cannot draw the dots at all
  canvas;
  overlay;

  viewSelect = h("select", { "data-testid": "view", "aria-label": "Which map", onchange: () => this.#see() },
    ...Object.entries(VIEWS).map(([view, title]) => h("option", { value: view }, title)));
  select = h("select", { "data-testid": "colour-by", "aria-label": "Colour by", onchange: () => this.#colourBy() },
    ...MODES.map((name) => h("option", { value: name }, name)));
  shown = h("b");
  modes = [this.#drawAs("mode-dots", "Dots", false), this.#drawAs("mode-images", "Images", true)];

  guessDot = h("i.dot-sign");
  guessWords = h("span");
  guessSign = h("span.row.sign", {}, this.guessDot, this.guessWords);
  labelSign = h("span.row.sign");
  facts = h("span", { "data-testid": "map-facts" });
  note = h("span", { "data-testid": "map-note" });
  turnButton = h("button", { "data-testid": "map-turn", onclick: () => this.actions.turn() });
  peopleSigns = h("span.row.signs", { "data-testid": "people-signs" });

  bar = h("div.loading", { role: "progressbar", "aria-label": "The map is loading" });
  wait = h("div.map-wait", { role: "status", "data-testid": "map-wait" }); // in place of the dots until they are there
  errorText = h("span");
  again = h("button.btn", { onclick: () => this.client.retry() }, "Try again");
  error = h("div.map-error", { role: "alert", "data-testid": "map-error" }, this.errorText, this.again);

  /**
   * @param {HTMLElement} panel
   * @param {Parts & MapActions} parts
   */
  constructor(panel, { client, colourSources, said, versions, ...actions }) {
    this.panel = panel;
    this.client = client;
    this.colourSources = colourSources;
    this.said = said;
    this.versions = versions;
    this.actions = actions;
    this.canvas = h("canvas.fill", { "aria-hidden": "true" });
    this.overlay = h("canvas.fill.overlay", { "data-testid": "map-canvas", role: "img",
      "aria-label": "Map of all images" });
    panel.append(this.canvas, this.overlay, this.#tools(), this.#zoomTools(), this.#right(),
      this.#legend(), this.bar, this.wait, this.error);
    this.showTool("lasso");
    this.update();
  }

  /** @type {Map<Tool, HTMLElement>} */
  #buttons = new Map();
  /** @type {ColourMode | null} */
  #chosen = null; // what the person chose to colour by

  /** One of MODES: what the dots are coloured by now. */
  get mode() {
    if (this.colourSources.column) return "column";
    const chosen = this.#chosen ?? "guess";
    return this.client.guesses || WITHOUT_GUESSES.includes(chosen) ? chosen : "label";
  }

  /** @param {Tool} tool */
  showTool(tool) {
    for (const [name, button] of this.#buttons) {
      button.classList.toggle("on", name === tool);
      button.setAttribute("aria-pressed", String(name === tool));
    }
  }

  #tools() {
    const bar = h("div.tool.left", { role: "toolbar", "aria-label": "Tools of the map" });
    for (const [name, title, sign, letter] of TOOLS) {
      const button = h("button", { "data-testid": `tool-${name}`, title: `${title} (${letter})`,
        onclick: () => this.actions.setTool(name) }, icon(sign), h("span.word", {}, title), key(letter));
      this.#buttons.set(name, button);
      bar.append(button);
    }
    return bar;
  }

  #zoomTools() {
    /** @type {(sign: string, title: string, id: string, onclick: () => void) => HTMLElement} */
    const button = (sign, title, id, onclick) =>
      h("button.narrow", { title, "aria-label": title, "data-testid": id, onclick }, icon(sign));
    return h("div.tool.zoom", { role: "toolbar", "aria-label": "Zoom" },
      button("add", "Zoom in (+)", "zoom-in", () => this.actions.zoom(ZOOM_STEP)),
      button("remove", "Zoom out (−)", "zoom-out", () => this.actions.zoom(1 / ZOOM_STEP)),
      button("fit_screen", "Show the whole map (Shift F)", "fit", () => this.actions.fit()), this.#views());
  }

  #views() {
    return h("label.pick.narrow", { title: "Which map" }, icon("layers"), this.viewSelect);
  }

  #see() {
    const view = /** @type {View} */ (this.viewSelect.value);
    letGo(this.viewSelect);
    this.actions.see(view);
    this.update();
  }

  #right() {
    const box = h("div.right", {},
      h("label.sel", {}, h("span.s", {}, "Colour by"), this.shown, icon("arrow_drop_down"), this.select),
      h("div.seg", { role: "group", "aria-label": "Draw as" }, ...this.modes));
    this.#showDraws();
    return box;
  }

  #colourBy() {
    this.#chosen = /** @type {ColourMode} */ (this.select.value);
    letGo(this.select);
    this.colourSources.column = null; // which is chosen among the columns
    this.update();
    this.actions.colourBy();
  }

  /** Colours by domain, or by what it was before that. */
  turnDomains() {
    if (!this.colourSources.domains.length) return this.client.say("These images are of one domain. Another joins on the Data page.");
    const before = this.#beforeDomains ?? "guess";
    this.#beforeDomains = this.mode === "domain" ? null : this.mode;
    this.select.value = this.mode === "domain" ? before : "domain";
    this.#colourBy();
  }

  /** @type {ColourMode | null} */
  #beforeDomains = null;

  /**
   * @param {string} id for tests
   * @param {string} title
   * @param {boolean} images
   */
  #drawAs(id, title, images) {
    return h("button", { "data-testid": id, onclick: () => this.#draws(images) }, title);
  }

  /** @param {boolean} images */
  #draws(images) {
    this.showsImages = images;
    this.#showDraws();
    this.actions.draws();
  }

  #showDraws() {
    this.modes.forEach((button, k) => {
      button.classList.toggle("on", Boolean(k) === this.showsImages);
      button.setAttribute("aria-pressed", String(Boolean(k) === this.showsImages));
    });
  }

  #legend() {
    return h("div.s.row.legend", {}, this.guessSign, this.peopleSigns, this.labelSign, this.facts, this.note, this.turnButton);
  }

  update() {
    const { client } = this;
    this.#updateColour();
    show(this.bar, client.loader.isReading("map") || (!client.xy && !client.loader.failed.map));
    show(this.error, Boolean(client.loader.failed.map || this.missing));
    show(this.again, !this.missing);
    write(this.errorText, this.missing || "The map could not be read. The labels are safe.");
    const isEmpty = !client.xy && !client.loader.failed.map && !this.missing;
    show(this.wait, isEmpty);
    this.panel.classList.toggle("empty", isEmpty);
    write(this.wait, isEmpty && client.state ? `Reading the map: a place for each of ${many(client.state.data.n, nounOf(client))}.` : "");
    if (!client.state) return;
    const cls = client.classes[Math.min(5, client.classes.length - 1)];
    if (cls && !this.labelSign.childElementCount) {
      this.labelSign.append(glyph(cls), "your label");
      this.guessDot.style.background = cls.look.fill;
    }
    const { n } = client.state.data;
    const { labelled, past } = this.said;
    write(this.facts, `${many(n, nounOf(client))}, ${labelled ? count(labelled) : "none"} labelled${past ? " then" : ""}`);
    write(this.note, this.#noteText(client.state));
    const { hasBefore, showsBefore, view } = this.versions;
    this.viewSelect.value = this.awaited?.view ?? view;
    show(this.turnButton, hasBefore && !this.peopleSigns.childElementCount);
    write(this.turnButton, showsBefore ? "back to the new one" : "show the old one");
  }

  #updateColour() {
    const { mode } = this;
    this.select.value = mode;
    for (const option of this.select.options) option.hidden = option.value === "domain" && !this.colourSources.domains.length;
    for (const option of this.select.options)
      option.disabled = !this.client.guesses && !WITHOUT_GUESSES.includes(option.value);
    this.select.title = this.client.guesses ? "" : "There is no guess yet: label an image first";
    this.select.options[MODES.indexOf("column")].hidden = mode !== "column";
    write(this.shown, mode === "column" ? this.colourSources.column?.name ?? mode : mode);
    const people = mode === "person" ? this.colourSources.people : [];
    const domains = mode === "domain" ? this.colourSources.domains : [];
    for (const sign of [this.guessSign, this.labelSign, this.note]) show(sign, !people.length && !domains.length); // the names need room
    const bare = this.colourSources.isBare(mode) ? BARE[mode] : undefined;
    write(this.guessWords, bare ?? MEANS[mode] ?? "model's guess");
    this.guessDot.classList.toggle("plain", mode in MEANS);
    const names = JSON.stringify([people, domains]);
    if (this.peopleSigns.dataset.names === names) return;
    this.peopleSigns.dataset.names = names;
    this.peopleSigns.replaceChildren(...people.slice(0, MOST_NAMES).map((name) =>
      h("span.row.sign", {}, badge(name), name || "no name")), ...this.#domainSigns(domains.slice(0, MOST_NAMES)),
    ...[people, domains].map((all) => (all.length > MOST_NAMES ? `and ${all.length - MOST_NAMES} more` : "")));
  }

  /**
   * The name and number of each, which selects its images.
   * @param {{name: string, n: number}[]} domains
   */
  #domainSigns(domains) {
    return domains.map(({ name, n }, place) => {
      const dot = h("i.dot-sign");
      dot.style.background = domainColour(place);
      return h("button.row.sign", { "data-testid": `domain-${place}`, title: `Select the images of ${name} (⇧ adds, Alt removes)`,
        onclick: (event) => this.actions.selectDomain(place, modeOf(event)) }, dot, name, h("span.s", {}, count(n)));
    });
  }

  /** @param {import("../shared/api.js").State} state */
  #noteText({ map: { moved } }) {
    if (this.said.past) return ""; // of another time
    if (this.awaited) return "this view is being worked out …";
    if (this.versions.view !== "map") return VIEW_NOTES[this.versions.view];
    if (this.versions.showsBefore) return "the map as it was";
    if (moved !== null) return `last update moved points ${preciseShare(moved)}`;
    return this.client.labelOverlay.labelled ? "" : "rings: asked next";
  }
}
