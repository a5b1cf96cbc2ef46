// @ts-nocheck (its types are not written yet)
/** "Accuracy by labels": the newest value with its source, and the learning curve by Plotly. */

import { h, show, write } from "../shared/dom.js";
import { count, preciseShare } from "../shared/format.js";
import { Pace } from "./pace.js";

const FIRST = 10; // labels before the curve begins

// What Plotly writes into the page's head, where a shadow root does not see it.
const PLOTLY_CSS = `
.js-plotly-plot .plotly, .js-plotly-plot .plotly div { margin: 0; padding: 0; }
.js-plotly-plot .plotly .svg-container { position: relative; }
.js-plotly-plot .plotly .main-svg { position: absolute; top: 0; left: 0; pointer-events: none; overflow: hidden; }
.js-plotly-plot .plotly .main-svg .draglayer { pointer-events: all; }
.js-plotly-plot .plotly .user-select-none { user-select: none; }
.js-plotly-plot .plotly .cursor-crosshair { cursor: default; }
`;

export class AccuracyPanel {
  constructor(panel, { client, theme }) {
    Object.assign(this, { client, theme });
    this.value = h("span.value", { "data-testid": "accuracy" });
    this.source = h("div.s.source", { "data-testid": "accuracy-source" });
    this.plot = h("div.plot", { "data-testid": "curve-plot" });
    this.outlook = h("div.outlook", { "data-testid": "outlook" });
    this.box = h("div.begins.s", {}, `The curve begins\nwith your ${FIRST}th label.`);
    panel.append(h("style", {}, PLOTLY_CSS),
      h("div.h", {}, "Accuracy by labels", h("span.sp"), this.value), this.source, this.plot, this.outlook, this.box);
    this.pace = new Pace(panel, { client });
    this.#stops = [client.on("state", () => this.update())];
    this.#observer = new ResizeObserver(() => this.#draw());
    this.#observer.observe(this.plot);
    this.update();
  }

  #stops;
  #observer;
  #figure = null;
  #version = null;
  #asking = false;
  #plotly = null;

  destroy() {
    for (const stop of this.#stops) stop();
    this.pace.destroy();
    this.#observer.disconnect();
    if (this.#plotly) this.#plotly.purge(this.plot);
  }

  retheme() {
    this.#draw();
  }

  update() {
    const { state } = this.client;
    const accuracy = state?.accuracy ?? null;
    const hasCurve = (state?.labels.n ?? 0) >= FIRST;
    write(this.value, accuracy ? preciseShare(accuracy.value) : "");
    write(this.source, accuracy
      ? `Against the hidden true labels of the ${count(accuracy.of)} images you have not labelled.`
      : wordsFor(state));
    show(this.plot, hasCurve);
    show(this.outlook, hasCurve && this.outlook.textContent !== "");
    show(this.box, !hasCurve);
    if (hasCurve && state.curve !== this.#version) this.#fetch(state.curve);
  }

  async #fetch(version) {
    if (this.#asking) return;
    this.#asking = true;
    try {
      this.#figure = await this.client.api.get("figure/accuracy");
      this.#version = version;
      const { next, checked } = this.#figure.outlook;
      this.outlook.replaceChildren(h("b", {}, next), checked ? h("div.s", {}, checked) : "");
      this.#plotly ??= await loadPlotly();
      this.#draw();
    } catch {
      // The old curve stays; the next state asks again.
    }
    this.#asking = false;
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (!this.#plotly || !this.#figure || width < 50 || height < 50) return;
    const { data, layout } = coloured(this.#figure, this.theme);
    Object.assign(layout, { width, height, autosize: false, dragmode: false });
    this.#plotly.react(this.plot, data, layout, { displayModeBar: false, responsive: false });
  }
}

/** Why there is no figure. */
function wordsFor(state) {
  if (state?.trainer.state === "failed") return "No figure now: the trainer is not running.";
  return state?.labels.n ? "No figure yet. It comes with the model's next guesses." : "No figure yet. It needs labels to learn from.";
}

/** The figure with each "var(--name)" replaced by that colour in the present theme. */
function coloured(figure, theme) {
  const text = JSON.stringify(figure).replace(/var\((--[\w-]+)\)/g, (_, name) => theme.css(name));
  return JSON.parse(text);
}

let loading = null;

/** Plotly, loaded once for the page and only when there is a curve to draw: it is 5 MB. */
function loadPlotly() {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("plotly.min.js", import.meta.url);
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loading = null;
      reject(new Error("plotly.min.js could not be loaded"));
    };
    document.head.append(script);
  });
  return loading;
}
