/** What was taken for what at a moment: a grid of few classes, the worst of many in words. */

import { glyph, h, show, write } from "../shared/dom.js";
import { count, many } from "../shared/format.js";
import { confusions } from "./moment_steps.js";

const MOST_CLASSES = 15; // of a grid
const WORST = 10; // confusions that are listed, of more classes

export class ConfusionBox {
  /**
   * @param {HTMLElement} panel
   * @param {import("./explore_page.js").Shared} shared
   * @param {HTMLSelectElement} against a list of what guesses are compared with
   */
  constructor(panel, shared, against) {
    this.#shared = shared;
    this.#against = against;
    this.#choice = h("label.sel", {}, h("span.s", {}, "by"), this.#chosen, against);
    panel.append(h("div.h", {}, "What was taken for what", h("span.sp"), this.#choice), this.#grid, this.#words);
  }

  #shared;
  #against;
  #choice;
  #chosen = h("span");
  #grid = h("div.confusion", { "data-testid": "time-confusion", role: "img" });
  #words = h("div.s.confusion-words");
  /** @type {import("./moment_loader.js").Confused | null} */
  #shown = null;

  /** @param {{name: string, title: string}[]} options */
  offer(options) {
    const { value } = this.#against;
    if (this.#against.options.length !== options.length)
      this.#against.replaceChildren(...options.map(({ name, title }) => h("option", { value: name, selected: name === value }, title)));
    this.#name();
  }

  #name() {
    const { selectedOptions: [chosen] } = this.#against;
    write(this.#chosen, chosen?.textContent ?? "");
  }

  /** @param {import("./moment_loader.js").Confused | null} found */
  show(found) {
    this.#shown = found;
    this.#name();
    show(this.#grid, Boolean(found?.n));
    if (!found?.n) return write(this.#words, "Nothing can tell yet which guesses were right: label some of these images, and this moment is held against your labels.");
    const worst = confusions(found.classes, found.counts, WORST);
    const name = (/** @type {number} */ id) => this.#shared.client.classOf(id)?.name ?? "?";
    const [first] = worst;
    write(this.#words, first ? `Most often ${name(first[0])} was taken for ${name(first[1])}: ${many(first[2], "time")}.` : "All guesses that can be held against something were right.");
    if (found.classes.length > MOST_CLASSES) this.#list(worst);
    else this.#draw(found);
  }

  renew() {
    if (this.#shown) this.show(this.#shown);
  }

  /** @param {import("./moment_loader.js").Confused} found */
  #draw({ classes, counts }) {
    const { client } = this.#shared;
    const sign = (/** @type {number} */ id) => {
      const cls = client.classOf(id);
      return cls ? glyph(cls) : h("span");
    };
    const cells = counts.flatMap((row, i) => {
      const whole = row.reduce((sum, times) => sum + times, 0) || 1;
      return [sign(classes[i]), ...row.map((times, j) => {
        const strength = Math.sqrt(times / whole);
        const cell = h("span.confused", {}, times ? count(times) : "");
        cell.style.setProperty("--share", `${Math.round(100 * strength)}%`);
        cell.classList.toggle("hit", i === j);
        return cell;
      })];
    });
    this.#grid.style.setProperty("--n", String(classes.length));
    this.#grid.classList.remove("listed");
    this.#grid.setAttribute("aria-label", "A row a class, a column what it was guessed as");
    this.#grid.replaceChildren(h("span"), ...classes.map(sign), ...cells);
  }

  /** @param {[number, number, number][]} worst */
  #list(worst) {
    const { client } = this.#shared;
    this.#grid.classList.add("listed");
    this.#grid.replaceChildren(...worst.map(([row, column, times]) => {
      const [a, b] = [client.classOf(row), client.classOf(column)];
      return h("div.row", {}, a ? glyph(a) : null, "taken for", b ? glyph(b) : null, h("b", {}, many(times, "time")));
    }));
  }
}
