/** "Error by labels": a line for each member, with dashes as in the cards; the interval of the one that is looked at. */

import { h, icon, show, svg, write } from "../shared/dom.js";
import { count } from "../shared/format.js";
import { layOut } from "./errors_chart.js";
import { interval, percent } from "./words.js";

const SMALLEST = 60; // px: no chart in less

/** @typedef {import("./errors_chart.js").Curve} Curve */

export class ErrorsPanel {
  view;
  source;
  judge;
  judgeName;
  judgeBox;
  plot;
  value;
  empty;

  /**
   * @param {HTMLElement} panel
   * @param {import("./compare_view.js").CompareView} view
   */
  constructor(panel, view) {
    this.view = view;
    this.source = h("span.s.ellipsis", { "data-testid": "judged" });
    this.judge = h("select", { "aria-label": "Judged by", "data-testid": "judge", onchange: () => view.comparison.judgeBy(this.judge.value) });
    this.judgeName = h("b");
    this.judgeBox = h("span.pick.row", {}, this.judgeName, icon("arrow_drop_down"), this.judge);
    this.plot = h("div.plot.chart", { onpointermove: (/** @type {PointerEvent} */ event) => this.#point(event),
      onpointerleave: () => show(this.value, false), onclick: (/** @type {PointerEvent} */ event) => this.#go(event) });
    this.value = h("div.chart-value", { "aria-hidden": "true" });
    this.empty = h("div.nothing.s", { "data-testid": "no-errors" });
    this.plot.append(this.value);
    show(this.value, false);
    panel.append(h("div.h", {}, "Error by labels", this.source, h("span.sp"), this.judgeBox), this.plot, this.empty);
    this.#observer = new ResizeObserver(() => this.update());
    this.#observer.observe(this.plot);
  }

  #observer;
  /** @type {{px: number, py: number, words: string, stop: number}[]} */
  #points = [];

  destroy() {
    this.#observer.disconnect();
  }

  /** @returns {Curve[]} */
  get curves() {
    const { members, ladder } = this.view;
    return members.map(({ id, title, results }) => ({ id, name: title, points: ladder.flatMap((labels) => {
      const error = results[labels]?.error;
      return error ? [{ labels, share: error.share, low: error.low, high: error.high }] : [];
    }) }));
  }

  update() {
    const { answer } = this.view.comparison;
    if (!answer) return;
    const { curves } = this;
    const isAny = curves.some(({ points }) => points.length > 0);
    show(this.plot, isAny);
    show(this.empty, !isAny);
    write(this.source, isAny ? `on ${answer.judged.words}` : "");
    this.empty.replaceChildren(answer.judged.n ? "The errors come with the first guesses." : answer.judged.words, ...(answer.judged.n ? []
      : [" ", h("a.audit-link", { href: this.view.auditAddress }, "Check some images on Review")]));
    this.#updateJudges(answer);
    if (isAny) this.#draw(curves);
  }

  /** @param {import("./answers.js").ComparisonAnswer} answer */
  #updateJudges({ judges, by }) {
    show(this.judgeBox, judges.length > 1);
    const names = JSON.stringify(judges);
    if (this.judge.dataset.names !== names) {
      this.judge.dataset.names = names;
      this.judge.replaceChildren(...judges.map(({ name, title, n }) => h("option", { value: name }, `${title} (${count(n)})`)));
    }
    this.judge.value = by;
    write(this.judgeName, judges.find(({ name }) => name === by)?.title ?? "");
  }

  /** @param {Curve[]} curves */
  #draw(curves) {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (width < SMALLEST || height < SMALLEST) return;
    const { view } = this;
    const { box, x, y, xTicks, yTicks, names } = layOut(curves, view.ladder, width, height);
    const styles = new Map(view.members.map((member) => [member.id, view.styleOf(member)]));
    const chosen = curves.find(({ id }) => id === view.chosen?.id);
    const band = chosen && chosen.points.length > 1 ? [svg("polygon", { class: "band", points: [
      ...chosen.points.map(({ labels, high }) => [x(labels), Math.max(box.top, y(high))]),
      ...[...chosen.points].reverse().map(({ labels, low }) => [x(labels), y(low)])].map(dot).join(" ") })] : [];
    const lines = curves.map(({ id, points }) => {
      const style = styles.get(id);
      return svg("g", { "data-line": id, style: `stroke: ${style?.colour}; fill: ${style?.colour}` },
        svg("polyline", { points: points.map(({ labels, share }) => dot([x(labels), y(share)])).join(" "), fill: "none",
          "stroke-width": style?.width ?? 2, "stroke-dasharray": style?.dash || null, "stroke-linejoin": "round" }),
        ...points.map(({ labels, share }) => svg("circle", { cx: x(labels), cy: y(share), r: 2.5, stroke: "none" })));
    });
    const made = svg("svg", { width, height, role: "img", "aria-label": this.#inWords(curves) },
      ...yTicks.flatMap(({ at, words }) => [svg("line", { class: "rule", x1: box.left, x2: box.right, y1: at, y2: at }),
        svg("text", { x: box.left - 6, y: at + 4, "text-anchor": "end" }, words)]),
      ...xTicks.map(({ at, words }) => svg("text", { x: at, y: height - 7, "text-anchor": "middle" }, words)),
      svg("line", { class: "now-line", x1: x(view.labels), x2: x(view.labels), y1: box.top, y2: box.bottom }),
      ...band, ...lines,
      ...names.map(({ id, name, y: at }) => svg("text", { class: id === view.inUse?.id ? "line-name used" : "line-name",
        x: box.right + 8, y: at + 4, style: `fill: ${styles.get(id)?.colour}` }, short(name))));
    this.plot.querySelector("svg")?.remove();
    this.plot.prepend(made);
    this.#points = curves.flatMap(({ name, points }) => points.map((point) => ({ px: x(point.labels), py: y(point.share), stop: point.labels,
      words: `${name}, ${count(point.labels)} labels: ${percent(point.share)}, ${interval(point)}` })));
  }

  /** @param {Curve[]} curves */
  #inWords(curves) {
    const said = curves.flatMap(({ name, points }) => {
      const end = points.at(-1);
      return end ? [`${name} ${percent(end.share)} at ${end.labels}`] : [];
    });
    return `Error by labels: ${said.join(", ")}`;
  }

  /** @param {PointerEvent} event */
  #nearest(event) {
    const { left, top } = this.plot.getBoundingClientRect();
    const away = ({ px, py } = { px: 0, py: 0 }) => Math.hypot(px - event.clientX + left, py - event.clientY + top);
    const [best] = [...this.#points].sort((a, b) => away(a) - away(b));
    return best && away(best) < 24 ? best : null;
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const found = this.#nearest(event);
    show(this.value, found !== null);
    if (!found) return;
    write(this.value, found.words);
    const half = this.value.offsetWidth / 2;
    this.value.style.left = `${Math.min(this.plot.clientWidth - half, Math.max(half, found.px))}px`;
    this.value.style.top = `${found.py}px`;
    this.value.classList.toggle("below", found.py < this.value.offsetHeight + 10);
  }

  /** @param {PointerEvent} event */
  #go(event) {
    const found = this.#nearest(event);
    if (found) this.view.set({ labels: found.stop });
  }
}

/** @param {number[]} place */
const dot = (place) => place.map((value) => value.toFixed(1)).join(",");

/** @param {string} name */
const short = (name) => (name.length > 15 ? `${name.slice(0, 14)}…` : name);
