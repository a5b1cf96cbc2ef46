// @ts-nocheck (its types are not written yet)
/** What stands around the map: canvases, tool bars, legend, the bar while loading, the error. */

import { glyph, h, icon, key, letGo, show, write } from "../shared/dom.js";
import { count, preciseShare } from "../shared/format.js";
import { badge } from "../shared/people.js";

const TOOLS = [
  ["move", "Move", "pan_tool", "V"], ["lasso", "Lasso", "lasso_select", "L"], ["box", "Box", "select", "B"],
];
const ZOOM_STEP = 1.5;
const MODES = ["guess", "label", "confidence", "oddness", "person", "island"];
const WITHOUT_GUESSES = ["label", "person", "island"];
const MEANS = { confidence: "the darker, the less sure", oddness: "the darker, the odder to the model",
  person: "a tint for each person", island: "a tint for each island of the map" };
const BARE = { oddness: "the model has to learn more first", person: "nobody named an image yet" };
const MOST_NAMES = 4; // in the legend
const VIEWS = { map: "Map by UMAP", pca: "PCA of the M1's latents", style: "The model's own latents" };
const VIEW_NOTES = { pca: "the two directions in which the M1's latents vary most",
  style: "the model's own latents, given the class it guesses" };

export class MapToolbar {
  /** actions: {setTool(name), zoom(factor), fit(), turn(), see(view), colourBy(), draws()}. */
  constructor(panel, { client, colourSources, versions, ...actions }) {
    Object.assign(this, { client, colourSources, versions });
    this.actions = actions;
    this.showsImages = false;
    this.awaited = null; // {view} that the trainer works out
    this.missing = ""; // why this browser cannot draw the dots at all
    this.canvas = h("canvas.fill", { "aria-hidden": "true" });
    this.overlay = h("canvas.fill.overlay", { "data-testid": "map-canvas", role: "img",
      "aria-label": "Map of all images" });
    panel.append(this.canvas, this.overlay, this.#tools(), this.#zoomTools(), this.#right(),
      this.#legend(), this.#loading(), this.#wait(), this.#error());
    this.panel = panel;
    this.showTool("lasso");
    this.update();
  }

  #buttons = new Map();
  #chosen = null; // what the person chose to colour by

  /** One of MODES: what the dots are coloured by now. */
  get mode() {
    const chosen = this.#chosen ?? "guess";
    return this.client.guesses || WITHOUT_GUESSES.includes(chosen) ? chosen : "label";
  }

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
    const button = (sign, title, id, onclick) =>
      h("button.narrow", { title, "aria-label": title, "data-testid": id, onclick }, icon(sign));
    return h("div.tool.zoom", { role: "toolbar", "aria-label": "Zoom" },
      button("add", "Zoom in (+)", "zoom-in", () => this.actions.zoom(ZOOM_STEP)),
      button("remove", "Zoom out (−)", "zoom-out", () => this.actions.zoom(1 / ZOOM_STEP)),
      button("fit_screen", "Show the whole map (Shift F)", "fit", () => this.actions.fit()), this.#views());
  }

  #views() {
    this.viewSelect = h("select", { "data-testid": "view", "aria-label": "Which map", onchange: () => this.#see() },
      ...Object.entries(VIEWS).map(([view, title]) => h("option", { value: view }, title)));
    return h("label.pick.narrow", { title: "Which map" }, icon("layers"), this.viewSelect);
  }

  #see() {
    const view = this.viewSelect.value;
    letGo(this.viewSelect);
    this.actions.see(view);
    this.update();
  }

  #right() {
    this.select = h("select", { "data-testid": "colour-by", "aria-label": "Colour by",
      onchange: () => this.#colourBy() },
    ...MODES.map((name) => h("option", { value: name }, name)));
    this.shown = h("b");
    const draws = (id, text, images) => h("button", { "data-testid": id,
      onclick: () => this.#draws(images) }, text);
    this.modes = [draws("mode-dots", "Dots", false), draws("mode-images", "Images", true)];
    const box = h("div.right", {},
      h("label.sel", {}, h("span.s", {}, "Colour by"), this.shown, icon("arrow_drop_down"), this.select),
      h("div.seg", { role: "group", "aria-label": "Draw as" }, ...this.modes));
    this.#showDraws();
    return box;
  }

  #colourBy() {
    this.#chosen = this.select.value;
    letGo(this.select);
    this.update();
    this.actions.colourBy();
  }

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
    this.guessSign = h("span.row.sign", {}, h("i.dot-sign"), h("span"));
    this.labelSign = h("span.row.sign");
    this.facts = h("span", { "data-testid": "map-facts" });
    this.note = h("span", { "data-testid": "map-note" });
    this.turnButton = h("button", { "data-testid": "map-turn", onclick: () => this.actions.turn() });
    this.peopleSigns = h("span.row.signs", { "data-testid": "people-signs" });
    return h("div.s.row.legend", {}, this.guessSign, this.peopleSigns, this.labelSign, this.facts, this.note, this.turnButton);
  }

  #loading() {
    this.bar = h("div.loading", { role: "progressbar", "aria-label": "The map is loading" });
    return this.bar;
  }

  /** In place of the dots until they are there. */
  #wait() {
    this.wait = h("div.map-wait", { role: "status", "data-testid": "map-wait" });
    return this.wait;
  }

  #error() {
    const again = this.again = h("button.btn", { onclick: () => this.client.retry() }, "Try again");
    this.error = h("div.map-error", { role: "alert", "data-testid": "map-error" },
      this.errorText = h("span"), again);
    return this.error;
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
    write(this.wait, isEmpty && client.state ? `Reading the map: a place for each of ${count(client.state.data.n)} images.` : "");
    if (!client.state) return;
    const cls = client.classes[Math.min(5, client.classes.length - 1)];
    if (cls && !this.labelSign.childElementCount) {
      this.labelSign.append(glyph(cls), "your label");
      this.guessSign.firstChild.style.background = cls.look.fill;
    }
    const { n } = client.state.data;
    const labelled = client.labelOverlay.labelled;
    write(this.facts, `${count(n)} images, ${labelled ? count(labelled) : "none"} labelled`);
    write(this.note, this.#noteText());
    const { hasBefore, showsBefore, view } = this.versions;
    this.viewSelect.value = this.awaited?.view ?? view;
    show(this.turnButton, hasBefore && !this.peopleSigns.childElementCount);
    write(this.turnButton, showsBefore ? "back to the new one" : "show the old one");
  }

  #updateColour() {
    const { mode } = this;
    this.select.value = mode;
    for (const option of this.select.options)
      option.disabled = !this.client.guesses && !WITHOUT_GUESSES.includes(option.value);
    this.select.title = this.client.guesses ? "" : "There is no guess yet: label an image first";
    write(this.shown, mode);
    const people = mode === "person" ? this.colourSources.people : [];
    for (const sign of [this.guessSign, this.labelSign, this.note]) show(sign, !people.length); // the names need room
    const bare = mode in BARE && this.colourSources.isBare(mode) ? BARE[mode] : "";
    write(this.guessSign.lastChild, bare || (MEANS[mode] ?? "model's guess"));
    this.guessSign.firstChild.classList.toggle("plain", mode in MEANS);
    const names = JSON.stringify(people);
    if (this.peopleSigns.dataset.names === names) return;
    this.peopleSigns.dataset.names = names;
    this.peopleSigns.replaceChildren(...people.slice(0, MOST_NAMES).map((name) =>
      h("span.row.sign", {}, badge(name), name || "no name")),
    people.length > MOST_NAMES ? `and ${people.length - MOST_NAMES} more` : "");
  }

  #noteText() {
    const { state, labelOverlay } = this.client;
    const { moved } = state.map;
    if (this.awaited) return "this view is being worked out …";
    if (this.versions.view !== "map") return VIEW_NOTES[this.versions.view];
    if (this.versions.showsBefore) return "the map as it was";
    if (moved !== null) return `last update moved points ${preciseShare(moved)}`;
    return labelOverlay.labelled ? "" : "rings: asked next";
  }
}
