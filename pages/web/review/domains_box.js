/** "By domain": how much of each has a label, and how many guesses are right; a row audits it alone. */

import { h, show, write } from "../shared/dom.js";
import { count, preciseShare } from "../shared/format.js";
import { domainColour } from "../shared/people.js";

/** @typedef {import("../shared/api.js").DomainRow} DomainRow */

export class DomainsBox {
  choose;
  rows = h("div.by-class", { "data-testid": "by-domain" });
  hint = h("div.s");
  title = h("b", {}, "By domain");
  element = h("div", {}, h("hr"), h("div.row.sub", {}, this.title, h("span.sp"), h("span.s", {}, "guesses right")), this.rows, this.hint);

  /** @param {(domain: number | null) => void} choose audits one domain by its place, or all of them */
  constructor(choose) {
    this.choose = choose;
  }

  /** @type {string} */
  #seen = "";

  /**
   * @param {DomainRow[]} rows
   * @param {number | null} chosen
   */
  update(rows, chosen) {
    show(this.element, rows.length > 0);
    const seen = JSON.stringify([rows, chosen]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.rows.replaceChildren(...rows.map((row, place) => this.#row(row, place, place === chosen)));
    write(this.hint, chosen === null ? "Press a domain to audit it by itself." : "The audit above is of this domain. Press it again for all images.");
  }

  /**
   * @param {DomainRow} row
   * @param {number} place
   * @param {boolean} isChosen
   */
  #row(row, place, isChosen) {
    const dot = h("i.dot-sign");
    dot.style.background = domainColour(place);
    return h("button.domain-row", { "data-testid": `audit-domain-${place}`, "aria-pressed": String(isChosen),
      onclick: () => this.choose(isChosen ? null : place) },
    h("span.row", {}, dot, h("span.name", {}, row.name), h("span.sp"), h("b", {}, rightInWords(row))),
    h("span.s", {}, `${count(row.n)} images, ${row.labelled ? count(row.labelled) : "none"} labelled. ${sourceInWords(row)}`));
  }
}

/**
 * "97.1%", by its own audit where it has one, else by the hidden labels.
 * @param {DomainRow} row
 */
function rightInWords({ key, audit }) {
  if (audit) return preciseShare(audit.share);
  return key ? preciseShare(key.right / key.of) : "–";
}

/** @param {DomainRow} row */
function sourceInWords({ key, audit }) {
  if (audit) return `${audit.right} of ${audit.of} checked: ${(audit.low * 100).toFixed(1)} to ${preciseShare(audit.high)}.`;
  return key ? `By the hidden labels of ${count(key.of)}.` : "Audit it for a figure.";
}
