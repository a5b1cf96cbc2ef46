/** The row above the cards: how many models on how many labels, the slider of labels, whose labels, one more model. */

import { enable, h, icon, isEnabled, letGo, show, write } from "../shared/dom.js";
import { capital, count, many, wholeAge } from "../shared/format.js";
import { title } from "./words.js";

const EVERYBODY = "everybody";

/**
 * @typedef {object} Verbs
 * @property {(anchor: HTMLElement) => void} add
 * @property {() => void} cancel
 * @property {import("./notice.js").Notice} notice
 */

export class HeadRow {
  view;
  title;
  about;
  words;
  bar;
  stop;
  progress;
  slider;
  stops;
  ladder;
  said;
  who;
  whoName;
  whoBox;
  differences;
  fit;
  add;
  notice;
  element;

  /**
   * @param {import("./compare_view.js").CompareView} view
   * @param {Verbs} verbs
   */
  constructor(view, { add, cancel, notice }) {
    this.view = view;
    this.title = h("h1.page-title", { "data-testid": "title" });
    this.about = h("span.s.ellipsis", {}, "Same layout, so dots can be compared. Large dots: not what most say.");
    this.words = h("span.s", { "data-testid": "job" });
    this.bar = h("i");
    this.stop = h("button.btn.small", { "data-testid": "cancel-all", title: "Ends the learning; what the models have reached stays", onclick: () => cancel() }, "Cancel");
    this.progress = h("div.row.job", { role: "status" }, this.words,
      h("div.progress", { role: "progressbar", "aria-label": "All models" }, this.bar), this.stop);
    this.stops = h("datalist", { id: "compare-stops" });
    this.slider = h("input.ladder", { type: "range", min: 0, step: 1, list: "compare-stops", "aria-label": "Labels that all models had", "data-testid": "ladder",
      oninput: () => view.set({ labels: this.#stopOf(Number(this.slider.value)) }) });
    this.said = h("b", { "data-testid": "ladder-said" });
    this.ladder = h("label.row.ladder-box", { title: "All models as they were with so many labels" }, h("span.s", {}, "With"), this.slider, this.stops, this.said);
    this.differences = h("div.seg", { role: "group", "aria-label": "Drawings and what is taken for what" },
      ...(/** @type {const} */ ([["difference", "Difference"], ["plain", "Plain"]])).map(([name, words]) => h("button", { "data-testid": `view-${name}`, "data-view": name,
        title: name === "difference" ? "Drawings and mistakes as difference to the model in use (V)" : "Drawings and mistakes as they are (V)",
        onclick: () => view.set({ view: name }) }, words)));
    this.who = h("select", { "aria-label": "Labels from", "data-testid": "who", onchange: () => (view.comparison.want(this.who.value), letGo(this.who)) });
    this.whoName = h("b");
    this.whoBox = h("span.sel", {}, h("span.s", {}, "Labels from"), this.whoName, icon("arrow_drop_down"), this.who);
    this.fit = h("button.btn", { "data-testid": "fit", title: "Show the whole map on every card again (⇧F)", onclick: () => view.maps.fit() }, icon("fit_screen"), "Fit maps");
    this.add = h("button.btn", { "data-testid": "add", "aria-haspopup": "dialog", onclick: () => isEnabled(this.add) && add(this.add) }, icon("add"), "Add a model");
    this.notice = notice;
    this.element = h("div.row.head-row", {}, this.title, this.about, notice.element, this.progress, h("span.sp"), this.fit, this.ladder, this.differences, this.whoBox, this.add);
  }

  /** @param {number} k */
  #stopOf(k) {
    return k === this.view.ladder.length - 1 ? null : this.view.ladder[k] ?? null; // all of them stay all when more come
  }

  update() {
    const { view } = this;
    const { answer } = view.comparison;
    if (!answer) return;
    const { members, labels, job, limits } = answer;
    const n = members.length;
    write(this.title, n ? title(n, labels.n) : "Compare models");
    const isRunning = job?.state === "running";
    show(this.progress, isRunning);
    this.notice.update();
    show(this.about, n > 1 && !isRunning && !this.notice.isShown);
    if (job && isRunning) {
      const learning = view.member(job.member);
      const what = learning ? `Learning ${members.indexOf(learning) + 1} of ${n}` : capital(job.message || "learning");
      write(this.words, job.seconds_left === null ? what : `${what}, ${wholeAge(job.seconds_left)} left`);
      this.bar.style.width = `${100 * Math.max(0, job.share)}%`;
    }
    this.#updateSlider();
    for (const button of /** @type {HTMLCollectionOf<HTMLElement>} */ (this.differences.children)) {
      const isOn = button.dataset.view === view.link.view;
      button.classList.toggle("on", isOn);
      button.setAttribute("aria-pressed", String(isOn));
    }
    show(this.fit, n > 0 && !view.maps.camera.isFitted);
    show(this.differences, n > 1 && view.hasResults);
    this.#updateWho(labels);
    enable(this.add, n < limits.most && !isRunning && !answer.can_begin, answer.can_begin ? answer.can_begin : isRunning ? "The models are still learning. Add one when they are done."
      : n < limits.most ? "One more model, on the same labels" : `${limits.most} models are the most. Remove one first.`);
  }

  #updateSlider() {
    const { view: { ladder, labels } } = this;
    show(this.ladder, ladder.length > 1 && this.view.hasResults);
    this.slider.max = String(ladder.length - 1);
    const at = String(Math.max(0, ladder.indexOf(labels)));
    if (this.slider.value !== at) this.slider.value = at;
    this.slider.setAttribute("aria-valuetext", many(labels, "label"));
    write(this.said, labels === ladder.at(-1) ? `all ${many(labels, "label")}` : `${count(labels)} of ${many(ladder.at(-1) ?? 0, "label")}`);
    if (this.stops.children.length !== ladder.length) this.stops.replaceChildren(...ladder.map((_, k) => h("option", { value: k })));
  }

  /** @param {import("./answers.js").ComparisonAnswer["labels"]} labels */
  #updateWho({ who, people }) {
    show(this.whoBox, people.length > 1 || who !== "");
    const names = JSON.stringify(people);
    if (this.who.dataset.names !== names) {
      this.who.dataset.names = names;
      this.who.replaceChildren(h("option", { value: "" }, EVERYBODY),
        ...people.filter(({ name }) => name).map(({ name, n }) => h("option", { value: name }, `${name} (${count(n)})`)));
    }
    this.who.value = this.view.comparison.who;
    write(this.whoName, this.who.value || EVERYBODY);
  }
}
