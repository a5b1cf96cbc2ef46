/** Rows side by side: a selection beside others, or a class's drawings beside real rows, by Plotly. */

import { h, show, write } from "../shared/dom.js";
import { many } from "../shared/format.js";
import { loadPlotly } from "../shared/plotly.js";
import { inUnits } from "./columns_client.js";

/** @typedef {import("../shared/api.js").ParallelAnswer} ParallelAnswer */
/** @typedef {"selected" | "others" | "drawn"} LineKind */

/** @type {Record<LineKind, {title: string, colour: string, width: number}>} the order is that of drawing */
const KINDS = {
  others: { title: "other rows", colour: "--line2", width: 1 },
  selected: { title: "selected", colour: "--text2", width: 1.2 },
  drawn: { title: "drawn by the model", colour: "--accent", width: 1.2 },
};

export class ParallelBox {
  /** @param {HTMLElement} panel of the map, over which it lies */
  constructor(panel) {
    this.title = h("b");
    this.words = h("span.s", { "data-testid": "parallel-words" });
    this.plot = h("div.parallel-plot", { "data-testid": "parallel-plot" });
    const close = h("button.btn.gh", { "data-testid": "parallel-close", onclick: () => this.close() }, "Close");
    this.element = h("div.card.parallel", { "data-testid": "parallel", role: "dialog", "aria-label": "Rows side by side",
      onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.close() && event.stopPropagation() },
    h("div.row", {}, this.title, h("span.sp"), this.words, close), this.plot);
    show(this.element, false);
    panel.append(this.element);
  }

  title;
  words;
  plot;
  element;

  close() {
    const was = !this.element.hidden;
    show(this.element, false);
    return was;
  }

  /**
   * @param {string} title
   * @param {ParallelAnswer} found
   */
  async draw(title, found) {
    const plotly = await loadPlotly();
    write(this.title, title);
    const kinds = /** @type {LineKind[]} */ (Object.keys(KINDS)).filter((kind) => found.lines[kind]);
    write(this.words, kinds.map((kind) => `${many(found.lines[kind]?.length ?? 0, "row")} ${KINDS[kind].title}`).reverse().join(", "));
    show(this.element, true);
    const data = kinds.map((kind) => traceOf(found, kind, this.#colour(KINDS[kind].colour)));
    const layout = layoutOf(found, this.#colour("--text2"), this.#colour("--line2"), getComputedStyle(this.element).fontFamily);
    await plotly.newPlot(this.plot, data, layout, { displayModeBar: false, responsive: true });
  }

  /**
   * A colour of the page, of the theme that is on: Plotly knows no variables.
   * @param {string} name
   */
  #colour(name) {
    this.title.style.color = `var(${name})`;
    const found = getComputedStyle(this.title).color;
    this.title.style.color = "";
    return found;
  }
}

/**
 * All lines of a kind in one trace, with a gap between two. Each axis goes from its smallest to its largest value.
 * @param {ParallelAnswer} found
 * @param {LineKind} kind
 * @param {string} colour
 */
export function traceOf({ axes, lines }, kind, colour) {
  /** @type {(number | null)[]} */
  const x = [];
  /** @type {(number | null)[]} */
  const y = [];
  /** @type {string[]} */
  const text = [];
  for (const line of lines[kind] ?? []) {
    line.forEach((value, k) => {
      const { low, high, name } = axes[k];
      const place = value === null || low === null || high === null ? null : high > low ? (value - low) / (high - low) : 0.5;
      x.push(k);
      y.push(place);
      text.push(`${name}: ${inUnits(value)}`);
    });
    x.push(null);
    y.push(null);
    text.push("");
  }
  const { title, width } = KINDS[kind];
  return { type: "scatter", mode: "lines", name: title, x, y, text, hovertemplate: `%{text}<extra>${title}</extra>`,
    line: { color: colour, width }, opacity: kind === "others" ? 0.5 : 0.7, connectgaps: false };
}

/**
 * @param {ParallelAnswer} found
 * @param {string} ink
 * @param {string} grid its colour
 * @param {string} family of the font
 */
function layoutOf({ axes }, ink, grid, family) {
  const ends = axes.flatMap(({ low, high }, k) => [
    { x: k, y: 1, yshift: 10, text: inUnits(high), showarrow: false },
    { x: k, y: 0, yshift: -10, text: inUnits(low), showarrow: false },
  ]);
  return {
    margin: { l: 24, r: 24, t: 22, b: 62 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family, size: 11, color: ink }, showlegend: true,
    legend: { orientation: "h", x: 0, y: -0.28 }, annotations: ends, hovermode: "closest",
    xaxis: { tickvals: axes.map((_, k) => k), ticktext: axes.map(({ name }) => (name.length > 16 ? `${name.slice(0, 15)}…` : name)),
      gridcolor: grid, zeroline: false, range: [-0.3, axes.length - 0.7], fixedrange: true, ticklen: 14, tickcolor: "rgba(0,0,0,0)" },
    yaxis: { visible: false, range: [-0.06, 1.06], fixedrange: true },
  };
}
