/** "How good is it, really?": the estimate of an audit, its interval, and the way to more of it. */

import { enable, glyph, h, isEnabled, show, write } from "../shared/dom.js";
import { count, preciseShare } from "../shared/format.js";
import { DomainsBox } from "./domains_box.js";

const CHECK = 20; // images that a press of the button asks about

/** @typedef {import("../shared/api.js").Audit} Audit */
/** @typedef {import("../shared/api.js").AuditAnswer} AuditAnswer */

/**
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("./findings.js").Findings} findings
 * @property {(examples: number[]) => void} ask opens the questions
 */

export class AuditPanel {
  client;
  findings;
  value;
  source;
  bar;
  words;
  button;
  narrows;
  check;
  classes;
  hint;
  byClass;
  domains;
  /** @type {number | null} */
  #domain = null; // that is audited by itself

  /**
   * @param {HTMLElement} panel
   * @param {Parts} parts
   */
  constructor(panel, { client, findings, ask }) {
    this.client = client;
    this.findings = findings;
    this.value = h("div.huge", { "data-testid": "audit-value" });
    this.source = h("div.s", { "data-testid": "audit-source" });
    this.bar = h("div.interval", { "aria-hidden": "true" });
    this.words = h("div.between", { "data-testid": "audit-interval" });
    this.button = h("button.btn.p", { "data-testid": "check-more",
      onclick: () => isEnabled(this.button) && ask(findings.of("audit")?.next.slice(0, CHECK) ?? []) });
    this.narrows = h("span.s");
    this.check = h("div.row.check", {}, this.button, this.narrows);
    this.classes = h("div.by-class");
    this.hint = h("div.s");
    this.byClass = h("div", {}, h("div.row.sub", {}, h("b", {}, "By class"), h("span.sp"),
      h("span.s", {}, "right, of those checked")), this.classes, this.hint);
    this.domains = new DomainsBox((domain) => this.#choose(domain));
    panel.append(h("div.h", {}, "How good is it, really?"),
      h("div.pad", {}, this.value, this.source, this.bar, this.words,
        this.check, this.domains.element, h("hr"), this.byClass));
  }

  update() {
    const found = this.findings.of("audit");
    const audit = found?.audit ?? null;
    const { state } = this.client;
    write(this.value, audit ? preciseShare(audit.exported.share) : found ? "No figure yet" : "");
    write(this.source, !found ? this.findings.errorOf("audit") || "Counting what was checked." : audit
      ? `of the ${count(audit.exported.n)} labels ${this.#inDomain()}you would export now: ${audit.right} of ${audit.of} random `
        + "images that you checked without seeing the guess were guessed right, and what you labelled counts as right."
      : "It needs an audit: you say what some random images are without seeing the guess. "
        + "These answers are kept from the model, so that they stay an honest test.");
    show(this.bar, Boolean(audit));
    show(this.words, Boolean(audit));
    if (audit) this.#showInterval(audit.exported, audit.method);
    this.#showButton(found, audit, state);
    if (found) this.domains.update(found.by_domain, this.#domain);
    show(this.byClass, Boolean(audit?.by_class.length));
    if (audit) this.#showClasses(audit);
  }

  /** @param {number | null} domain */
  #choose(domain) {
    this.#domain = domain;
    this.findings.ask("audit", `review/audit?n=20${domain === null ? "" : `&domain=${domain}`}`);
  }

  /**
   * @param {Audit["exported"]} exported
   * @param {string} method
   */
  #showInterval({ share, low, high }, method) {
    const from = Math.max(0, Math.min(0.9, Math.floor(low * 20) / 20 - 0.0001));
    const place = (/** @type {number} */ p) => `${(100 * (p - from)) / (1 - from)}%`;
    const ticks = Array.from({ length: 6 }, (_, k) => from + (k * (1 - from)) / 5);
    const band = h("i.band", { style: `left: ${place(low)}; right: calc(100% - ${place(high)})` });
    this.bar.replaceChildren(band, h("i.at", { style: `left: ${place(share)}` }),
      ...ticks.map((p, k) => h("span.tick", { style: `left: ${place(p)}` },
        `${Math.round(p * 100)}${k === 5 ? "%" : ""}`)));
    this.words.replaceChildren("The true share lies between ",
      h("b", {}, `${(low * 100).toFixed(1)} and ${preciseShare(high)}`), ` with 95% confidence (${method}).`);
  }

  #inDomain() {
    const name = this.client.state?.data.domains[this.#domain ?? -1]?.name;
    return name ? `in ${name} ` : "";
  }

  /**
   * @param {AuditAnswer | null} found
   * @param {Audit | null} audit
   * @param {import("../shared/api.js").State | null} state
   */
  #showButton(found, audit, state) {
    show(this.check, Boolean(found));
    const n = Math.min(CHECK, found?.next.length ?? 0);
    write(this.button, audit ? `Check ${n} more` : `Check ${n} images`);
    const why = !found ? "The images are still being drawn." : !state?.classes.length ? "There is no class to give yet."
      : n ? "" : "Every image has a label.";
    enable(this.button, !why, why);
    write(this.narrows, audit && n ? `would narrow it to about ±${(audit.narrowed * 100).toFixed(1)}` : "");
  }

  /** @param {Audit} audit */
  #showClasses({ by_class: rows }) {
    const known = rows.flatMap(({ right, of, class: id }) => {
      const cls = this.client.classOf(id);
      return cls ? [{ cls, right, of }] : [];
    });
    this.classes.replaceChildren(...known.map(({ cls, right, of }) => h("div.row.class-row", {}, glyph(cls),
      h("span.meter", {}, h("i", { style: `width: ${(100 * right) / of}%` })),
      h("span.n", {}, h("b", {}, String(right)), h("span.s", {}, ` of ${of}`)))));
    const few = known.filter(({ of }) => of < 30).map(({ of }) => of);
    write(this.hint, few.length ? `${spread(few)} images a class are too few to rank the classes: read this as a hint.` : "");
  }
}

/** @param {number[]} numbers */
function spread(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return low === high ? String(low) : `${low} to ${high}`;
}
