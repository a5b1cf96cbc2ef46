/** "Accuracy by labels": the newest value with its source, and the learning curve. */

import { h, show, write } from "../shared/dom.js";
import { count, many, preciseShare } from "../shared/format.js";
import { LineChart } from "../shared/line_chart.js";
import { Pace } from "./pace.js";
import { nounOf } from "../texts/texts.js";

/** @typedef {import("../shared/api.js").State} State */
/** @typedef {import("../shared/api.js").AccuracyFigure} AccuracyFigure */

const FIRST = 10; // labels before the curve begins

export class AccuracyPanel {
  /**
   * @param {HTMLElement} panel
   * @param {{client: import("../session/session_client.js").SessionClient}} parts
   */
  constructor(panel, { client }) {
    this.client = client;
    this.value = h("span.value", { "data-testid": "accuracy" });
    this.source = h("div.s.source", { "data-testid": "accuracy-source" });
    this.plot = h("div.plot", { "data-testid": "curve-plot" });
    this.outlook = h("div.outlook", { "data-testid": "outlook" });
    this.box = h("div.begins.s");
    panel.append(
      h("div.h", {}, "Accuracy by labels", h("span.sp"), this.value), this.source, this.plot, this.outlook, this.box);
    this.pace = new Pace(panel, { client });
    this.#stops = [client.on("state", () => this.update())];
    this.chart = new LineChart(this.plot);
    this.update();
  }

  client;
  value;
  source;
  plot;
  outlook;
  box;
  pace;
  chart;
  #stops;
  /** @type {number | null} */
  #version = null; // of the curve on screen
  #asking = false;
  #hasPoints = false;

  destroy() {
    for (const stop of this.#stops) stop();
    this.pace.destroy();
    this.chart.destroy();
  }

  update() {
    const { state } = this.client;
    const accuracy = state?.accuracy ?? null;
    const isDue = (state?.labels.n ?? 0) >= FIRST, hasCurve = isDue && this.#hasPoints;
    write(this.value, accuracy ? preciseShare(accuracy.value) : "");
    write(this.source, accuracy
      ? `Against the hidden true labels of the ${many(accuracy.of, nounOf(this.client))} you have not labelled.`
      : wordsFor(state));
    show(this.plot, hasCurve);
    show(this.outlook, hasCurve && this.outlook.textContent !== "");
    show(this.box, !hasCurve);
    write(this.box, isDue ? "The curve comes\nwith the next guesses." : `The curve begins\nwith your ${FIRST}th label.`);
    if (state && isDue && state.curve !== this.#version) this.#fetch(state.curve);
  }

  /** @param {number} version */
  async #fetch(version) {
    if (this.#asking) return;
    this.#asking = true;
    try {
      /** @type {AccuracyFigure} */
      const figure = await this.client.api.get("figure/accuracy");
      this.#version = version;
      const { next, checked } = figure.outlook;
      this.outlook.replaceChildren(h("b", {}, next), checked ? h("div.s", {}, checked) : "");
      this.#hasPoints = figure.data.some(({ x }) => x.length > 0);
      this.update(); // the chart is drawn where it has a size
      this.chart.draw(chartOf(figure, this.client.state?.accuracy ?? null));
    } catch {
      // The old curve stays; the next state asks again.
    }
    this.#asking = false;
  }
}

/**
 * Why there is no figure.
 * @param {State | null} state
 */
function wordsFor(state) {
  if (state?.trainer.state === "failed") return "No figure now: the trainer is not running.";
  return state?.labels.n ? "No figure yet. It comes with the model's next guesses." : "No figure yet. It needs labels to learn from.";
}

/**
 * The server's figure, which Plotly could draw too, as the chart takes it. Its colours are the
 * page's own variables: a change of theme needs no drawing.
 * @param {AccuracyFigure} figure
 * @param {State["accuracy"]} accuracy
 * @returns {import("../shared/line_chart.js").Chart}
 */
export function chartOf({ data, layout }, accuracy) {
  return {
    lines: data.map(({ x, y, mode, line, marker, text, hovertemplate }) => ({
      x, y, text, isPoints: mode === "markers", isDotted: line?.dash === "dot",
      colour: (marker ?? line)?.color ?? "", width: marker?.size ?? line?.width ?? 0,
      hover: (labels, percent) => filled(hovertemplate, labels, percent),
    })),
    yRange: layout.yaxis.range,
    ySuffix: layout.yaxis.ticksuffix,
    label: `Accuracy by labels${accuracy ? `, now ${preciseShare(accuracy.value)}` : ""}`,
  };
}

/**
 * "%{x} labels: %{y:.1f}%<extra></extra>" -> "60 labels: 99.1%".
 * @param {string} template
 * @param {number} labels
 * @param {number} percent
 */
function filled(template, labels, percent) {
  return template.replace("<extra></extra>", "").replace("%{x}", count(labels)).replace("%{y:.1f}", percent.toFixed(1));
}
