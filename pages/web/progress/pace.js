/** How fast you label, and how long it takes to a number of labels that you name. */

import { focusedBeside, h, show, write } from "../shared/dom.js";
import { count, many, wholeAge } from "../shared/format.js";

const STEPS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
const STORED = "ssvae.target";

export class Pace {
  /**
   * @param {HTMLElement} panel
   * @param {{client: import("../session/session_client.js").SessionClient}} parts
   */
  constructor(panel, { client }) {
    this.client = client;
    this.rate = h("b", { "data-testid": "pace-rate" });
    this.input = h("input.number", { type: "number", min: "1", step: "10", "data-testid": "pace-target",
      "aria-label": "Labels to reach", title: "Labels to reach; empty for the next round number",
      onchange: () => this.#choose() });
    this.time = h("span", { "data-testid": "pace-time" });
    this.element = h("div.s.pace", { "data-testid": "pace" }, this.rate, h("span.sp"), h("span", {}, "to"), this.input,
      this.time);
    panel.append(this.element);
    this.#stops = [client.on("state", () => this.update()), client.on("labels", () => this.update())];
    this.update();
  }

  client;
  rate;
  input;
  time;
  element;
  #stops;

  destroy() {
    for (const stop of this.#stops) stop();
  }

  #choose() {
    const chosen = Math.round(Number(this.input.value));
    try {
      if (chosen > 0) localStorage.setItem(STORED, String(chosen));
      else localStorage.removeItem(STORED);
    } catch {
      // Not kept for the next visit, nothing else.
    }
    this.input.blur();
    this.update();
  }

  update() {
    const { state, labelOverlay } = this.client;
    show(this.element, Boolean(state) && labelOverlay.labelled > 0);
    if (!state) return;
    const target = Math.min(stored() ?? next(labelOverlay.labelled), state.data.n);
    if (this.input !== focusedBeside(this.input)) this.input.value = String(target);
    write(this.rate, state.pace ? `${count(state.pace)} labels a minute` : many(labelOverlay.labelled, "label"));
    write(this.time, timeTo(target - labelOverlay.labelled, state.pace));
  }
}

/**
 * "about 14 min", "110 more", "you are there".
 * @param {number} missing labels
 * @param {number | null} pace labels a minute
 */
export function timeTo(missing, pace) {
  if (missing <= 0) return "you are there";
  return pace ? `about ${wholeAge((60 * missing) / pace)}` : `${count(missing)} more`;
}

/**
 * The next round number of labels.
 * @param {number} n
 */
export function next(n) {
  return STEPS.find((step) => step > n) ?? Math.ceil((n + 1) / 50000) * 50000;
}

function stored() {
  try {
    return Number(localStorage.getItem(STORED)) || null;
  } catch {
    return null;
  }
}
