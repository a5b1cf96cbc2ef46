/** What the chosen member takes for what: as difference to the one in use, or plain. */

import { glyph, h } from "../shared/dom.js";
import { many } from "../shared/format.js";
import { ADDS, MISSES } from "../shared/difference.js";
import { difference } from "./opinions.js";

/** @typedef {import("./answers.js").ConfusionAnswer} ConfusionAnswer */

/**
 * What the matrix shows, and of whom.
 * @param {ConfusionAnswer} answer
 * @param {import("./answers.js").Member} chosen
 * @param {import("./answers.js").Member | null} inUse
 * @param {boolean} isDifference
 * @returns {{counts: number[][], isDifference: boolean} | null} null where it is not counted
 */
export function shownOf({ members }, chosen, inUse, isDifference) {
  const counts = members[chosen.id];
  if (!counts) return null;
  const before = inUse && inUse.id !== chosen.id ? members[inUse.id] : null;
  return isDifference && before ? { counts: difference(counts, before), isDifference: true } : { counts, isDifference: false };
}

/**
 * +3, −2, or 5 where it is plain; "·" for nothing.
 * @param {number} n
 * @param {boolean} isDifference
 */
export function written(n, isDifference) {
  if (!n) return "·";
  if (!isDifference) return n > 9999 ? `${Math.round(n / 1000)}k` : String(n);
  return `${n > 0 ? "+" : "\u2212"}${Math.abs(n) > 9999 ? `${Math.round(Math.abs(n) / 1000)}k` : Math.abs(n)}`;
}

/**
 * @param {import("./compare_view.js").CompareView} view
 * @param {ConfusionAnswer | null} answer
 * @param {string} error why there is none
 * @returns {HTMLElement}
 */
export function confusionTable(view, answer, error) {
  const { chosen, inUse } = view;
  const shown = answer && chosen && shownOf(answer, chosen, inUse, view.isDifference);
  if (!answer || !chosen || !shown || !answer.n)
    return h("div.nothing.s", { "data-testid": "no-confusion" }, error || (answer && !answer.n ? "Nothing is judged yet." : "Counting what is taken for what."));
  const known = answer.classes.map((id) => view.client.classOf(id));
  const most = Math.max(1, ...shown.counts.flatMap((row, r) => row.filter((_, c) => r !== c).map(Math.abs)));
  const table = h("div.small-matrix", { role: "table", "data-testid": "confusion", "aria-label": `What ${chosen.title} takes for what` },
    h("div.matrix-row", { role: "row" }, h("span"), ...known.map((cls) => h("span.head", { role: "columnheader" }, cls ? glyph(cls) : null))),
    ...shown.counts.map((row, r) => h("div.matrix-row", { role: "row" }, h("span.head", { role: "rowheader" }, known[r] ? glyph(known[r]) : null),
      ...row.map((n, c) => {
        // At most 56 %: more, and the number is too faint on it in the dark.
        const strength = r === c ? 0 : Math.round(14 + 42 * Math.sqrt(Math.abs(n) / most));
        const colour = !shown.isDifference ? "var(--accent)" : `rgb(${(n > 0 ? ADDS : MISSES).join(" ")})`;
        return h(`span.cell${r === c ? ".same" : ""}${n ? "" : ".zero"}`, { role: "cell",
          title: `really ${known[r]?.name}, guessed ${known[c]?.name}: ${written(n, shown.isDifference)}`,
          style: n && strength ? `background: color-mix(in srgb, ${colour} ${strength}%, var(--panel))` : "" }, written(n, shown.isDifference));
      }))));
  table.style.setProperty("--n", String(known.length));
  const words = `Rows: ${answer.rows}. ${shown.isDifference ? "Blue: more often than the one in use." : `${chosen.title}, ${many(answer.n, "image")}.`}`;
  const whole = `Rows: ${answer.rows}. Columns: the guess. ${shown.isDifference ? `${chosen.title} minus the one in use: blue where it does so more often, orange less often.` : ""}`;
  return h("div.confusion", {}, h("div.s.ellipsis", { title: whole }, words), table);
}
