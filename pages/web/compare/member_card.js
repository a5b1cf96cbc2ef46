/** One member: what it is, how well it does, its map and its drawings. */

import { enable, h, icon, isEnabled, show, write } from "../shared/dom.js";
import { age } from "../shared/format.js";
import { DrawsGrid } from "./draws_grid.js";
import { lineSign } from "./line_styles.js";
import { MemberMap } from "./member_map.js";
import { differences, interval, percent, progress } from "./words.js";

/** @typedef {import("./answers.js").Member} Member */
/** @typedef {import("./compare_view.js").CompareView} CompareView */

/**
 * @typedef {object} Verbs
 * @property {(member: Member) => void} choose shows it in the panels below
 * @property {(member: Member, anchor: HTMLElement) => void} use
 * @property {(member: Member, anchor: HTMLElement) => void} remove
 * @property {(member: Member) => void} cancel ends its learning; the others go on
 * @property {(member: Member, by: number) => void} move by so many places to the right
 */

export class MemberCard {
  view;
  id;
  line;
  title;
  about;
  tag;
  useIt;
  removeIt;
  moves;
  error;
  source;
  seconds;
  pair;
  audit;
  map;
  bar;
  word;
  stop;
  progress;
  grid;
  element;

  /**
   * @param {CompareView} view
   * @param {Member} member
   * @param {Verbs} verbs
   */
  constructor(view, member, verbs) {
    this.view = view;
    this.id = member.id;
    const now = () => /** @type {Member} */ (view.member(this.id));
    this.line = h("span.line-box");
    this.title = h("b.member-title");
    this.about = h("span.s.member-about");
    this.tag = h("span.tag", { "data-testid": "in-use" }, "in use");
    this.useIt = h("button.btn.small", { "data-testid": "use", "aria-haspopup": "dialog",
      onclick: () => isEnabled(this.useIt) && verbs.use(now(), this.useIt) }, "Use this one");
    this.moves = /** @type {const} */ ([[-1, "chevron_left", "left"], [1, "chevron_right", "right"]]).map(([by, sign, side]) => ({ by, side,
      button: h("button.btn.small.gh.narrow.move", { "data-testid": `move-${side}`, onclick: () => verbs.move(now(), by) }, icon(sign)) }));
    this.removeIt = h("button.btn.small.gh.narrow", { "data-testid": "remove", "aria-haspopup": "dialog",
      onclick: () => verbs.remove(now(), this.removeIt) }, icon("close"));
    this.error = h("span.member-error", { "data-testid": "error" });
    this.source = h("span.s", { "data-testid": "interval" });
    this.seconds = h("span.s");
    this.pair = h("span", { "data-testid": "pair" });
    this.audit = h("a.audit-link", { href: view.auditAddress }, "Check some");
    this.map = new MemberMap(view.maps, `The map by the guesses of ${member.title}`);
    this.bar = h("i");
    this.word = h("span.s");
    this.stop = h("button.btn.small", { "data-testid": "cancel-member", title: "Ends the learning of this model; what it has reached stays, and the others go on", onclick: () => verbs.cancel(now()) }, "Cancel");
    this.progress = h("div.learning", { role: "status" }, this.word,
      h("div.progress", { role: "progressbar", "aria-label": "Learning" }, this.bar), this.stop);
    this.map.element.append(this.progress);
    this.grid = new DrawsGrid(view.client);
    this.element = h("section.panel.member", { "data-testid": `member-${member.id}`, "data-member": member.id,
      onpointerdown: () => verbs.choose(now()), onfocusin: () => verbs.choose(now()) },
    h("div.h.member-head", {}, this.line, this.title, this.about, h("span.sp"), ...this.moves.map(({ button }) => button), this.tag, this.useIt, this.removeIt),
    h("div.row.figures", {}, this.error, this.source, h("span.sp"), this.seconds),
    h("div.s.pair", {}, this.pair, " ", this.audit),
    this.map.element, this.grid.element);
  }

  destroy() {
    this.map.destroy();
    this.element.remove();
  }

  /** @param {Member} member */
  update(member) {
    const { view } = this;
    const result = view.resultOf(member);
    this.element.setAttribute("aria-label", `${member.title}${member.in_use ? ", in use" : ""}`);
    this.element.classList.toggle("used", member.in_use);
    this.element.classList.toggle("chosen", view.chosen?.id === member.id);
    this.line.replaceChildren(lineSign(view.styleOf(member)));
    write(this.title, member.title);
    const settings = differences(member.differs);
    write(this.about, settings || member.about);
    this.title.title = this.about.title = [`${member.title}: ${member.about}.`, settings && `Settings that differ: ${settings}.`].join(" ");
    show(this.tag, member.in_use);
    show(this.useIt, !member.in_use);
    show(this.removeIt, !member.in_use);
    this.removeIt.title = `Remove ${member.title}`;
    this.removeIt.setAttribute("aria-label", `Remove ${member.title}`);
    const at = view.members.findIndex(({ id }) => id === member.id);
    for (const { by, side, button } of this.moves) {
      show(button, view.members.length > 1 && Boolean(view.members[at + by]) && !view.comparison.isRunning);
      button.title = `Move ${member.title} to the ${side} (⇧${by < 0 ? "←" : "→"})`;
      button.setAttribute("aria-label", button.title);
    }
    enable(this.useIt, member.reached.length > 0 && !view.comparison.isRunning && !member.why_not_use,
      member.why_not_use ? member.why_not_use : view.comparison.isRunning ? "The models are still learning." : member.reached.length ? `Make ${member.title} the session's model` : "It has not learned yet.");
    this.#updateFigures(member, result);
    this.#updateProgress(member);
    const { opinion, differs } = view.opinionOf(member);
    this.map.show(opinion, differs);
    this.grid.update(view.drawsOf(member));
  }

  /**
   * @param {Member} member
   * @param {import("./answers.js").Result | null} result
   */
  #updateFigures(member, result) {
    const error = result?.error ?? null;
    write(this.error, error ? percent(error.share) : "–");
    write(this.source, error ? `error · ${interval(error)}` : whyNone(member, result));
    const alone = result?.together ? `Of the model alone. Together with what the labels propagate, as the session shows it: ${percent(result.together.share)}.` : "";
    this.error.title = this.source.title = alone;
    write(this.seconds, !result ? "" : result.seconds < 0.05 ? "at once" : age(result.seconds));
    this.seconds.title = result ? "How long it learned from so many labels" : "";
    const pair = result?.pair ?? null;
    const together = result?.together ? `Alone. With what labels propagate, as the session shows it: ${percent(result.together.share)}.` : "";
    write(this.pair, member.in_use ? together || "What the others are compared with." : pair?.words ?? "");
    this.pair.title = this.pair.textContent;
    show(this.audit, pair !== null && pair.better === null && this.view.isByAudit);
  }

  /** @param {Member} member */
  #updateProgress(member) {
    const words = progress(member);
    show(this.progress, words !== "");
    write(this.word, words);
    this.bar.style.width = `${100 * Math.max(0, member.share)}%`;
    this.progress.classList.toggle("over", member.reached.length > 0);
    show(/** @type {HTMLElement} */ (this.bar.parentElement), member.state === "training");
    show(this.stop, member.state === "training" || member.state === "waiting");
  }
}

/**
 * Why no error is shown.
 * @param {Member} member
 * @param {import("./answers.js").Result | null} result
 */
function whyNone({ state }, result) {
  if (result) return "no error: nothing to judge by";
  return state === "training" || state === "waiting" ? "has not learned from so many labels yet" : "never learned from so many labels";
}
