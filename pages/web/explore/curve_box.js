/** The learning curve of the session, and where on it a moment lies. */

import { h, show } from "../shared/dom.js";
import { count } from "../shared/format.js";
import { LineChart } from "../shared/line_chart.js";

const FEW = 2; // points that make no line

export class CurveBox {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   */
  constructor(panel, shared) {
    this.#shared = shared;
    panel.append(h("div.h", {}, "Accuracy by labels"), this.#box, this.#none);
    this.#chart = new LineChart(this.#box);
  }

  #shared;
  #chart;
  #box = h("div.curve-box", { "data-testid": "time-chart" });
  #none = h("div.nothing.s", {}, "The curve begins at 10 labels, and needs an answer key or labels to compare with.");

  /**
   * @param {[number, number][]} curve labels and the share of right guesses
   * @param {number} nLabels of the moment
   * @param {number | null} right the share then
   */
  show(curve, nLabels, right) {
    const { theme } = this.#shared;
    const isThere = curve.length >= FEW || right !== null;
    show(this.#box, isThere);
    show(this.#none, !isThere);
    if (!isThere) return;
    const hover = (/** @type {number} */ x, /** @type {number} */ y) => `${count(x)} labels: ${y.toFixed(1)}%`;
    const values = [...curve.map(([, y]) => 100 * y), ...(right === null ? [] : [100 * right])];
    const low = Math.max(0, Math.min(...values) - 3);
    const lines = [{ x: curve.map(([x]) => x), y: curve.map(([, y]) => 100 * y), colour: theme.css("--text2"), width: 2, hover }];
    if (right !== null) lines.push({ x: [nLabels], y: [100 * right], colour: theme.css("--accent"), width: 10, hover, ...{ isPoints: true } });
    this.#chart.draw({ lines, yRange: [low, 100.5], ySuffix: "%", label: `Accuracy by labels, at ${count(nLabels)} labels` });
  }

  destroy() {
    this.#chart.destroy();
  }
}
