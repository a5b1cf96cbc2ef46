/** Labels that have just been given: their dots pop, and take their colours when the hand rests. No DOM. */

const REST = 200; // ms without a key after which the dots take the colours of new labels
const MOST = 200; // examples of one action that pop
const REMEMBERED = 1000;

export class GivenLabels {
  /** @param {() => void} recolour */
  constructor(recolour) {
    this.#recolour = recolour;
  }

  #recolour;
  /** @type {Map<number, number>} */
  pops = new Map(); // example -> ms at which it got its label
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;

  /** @param {import("../session/session_state.js").SessionEvents["labels"]} change */
  take({ examples, own }) {
    if (own && examples) for (const example of examples.slice(-MOST)) this.pops.set(example, performance.now());
    if (this.pops.size > REMEMBERED) this.pops.clear();
    // One's own label shows in one frame by its mark; the dot below it follows when the hand rests.
    clearTimeout(this.#later);
    this.#later = setTimeout(this.#recolour, own ? REST : 0);
  }

  stop() {
    clearTimeout(this.#later);
  }
}
