/** A row of buttons of which one is chosen. */

import { h } from "../shared/dom.js";

/**
 * @template {string} Name
 * @param {string} label what is chosen, for who does not see it
 * @param {[Name, string][]} choices
 * @param {(name: Name) => void} choose
 */
export function segments(label, choices, choose) {
  const buttons = choices.map(([name, title]) => h("button", { "data-testid": `choose-${name}`, onclick: () => {
    show(name);
    choose(name);
  } }, title));
  const show = (/** @type {string} */ chosen) => buttons.forEach((button, k) => {
    button.classList.toggle("on", choices[k][0] === chosen);
    button.setAttribute("aria-pressed", String(choices[k][0] === chosen));
  });
  show(choices[0][0]);
  return { element: h("div.seg", { role: "group", "aria-label": label }, ...buttons), show };
}
