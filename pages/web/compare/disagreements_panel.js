/** "Where they disagree": images with what each member takes them for; a class key labels the framed one. */

import { enable, glyph, h, isEnabled, key, keyRange, picture, show, write } from "../shared/dom.js";
import { count, many } from "../shared/format.js";
import { redraw } from "../shared/redraw.js";
import { lineSign } from "./line_styles.js";
import { pageAddress } from "../shared/page_address.js";

const SENT = 200; // images that the label page is given
const COLUMN = 57; // px of an image and its gap
const NAMES = 92; // px of the members' names

export class DisagreementsPanel {
  view;
  images;
  count;
  table;
  nothing;
  first;
  hint;

  /**
   * @param {HTMLElement} panel
   * @param {import("./compare_view.js").CompareView} view
   * @param {import("../shared/images.js").Images} images
   */
  constructor(panel, view, images) {
    this.view = view;
    this.images = images;
    this.count = h("span.s", { "data-testid": "disagreements-count", role: "status" });
    this.table = h("div.quarrel", { role: "listbox", tabindex: "0", "data-testid": "disagreements",
      "aria-label": "Images about which the models differ: arrows go through them, a class key labels the framed one" });
    this.nothing = h("div.nothing.s", { "data-testid": "no-disagreements" });
    this.first = h("button.btn.p", { "data-testid": "label-these", onclick: () => isEnabled(this.first) && this.sendToLabel() }, "Label these first");
    this.hint = h("span.s.quarrel-hint");
    panel.append(h("div.h", {}, "Where they disagree", h("span.sp"), this.count), this.table, this.nothing,
      h("div.row.quarrel-foot", {}, this.first, this.hint));
    this.#observer = new ResizeObserver(() => this.update());
    this.#observer.observe(this.table);
  }

  #observer;
  /** @type {number[]} */
  #examples = [];
  #from = 0; // the first that is shown
  #drawn = "";

  destroy() {
    this.#observer.disconnect();
  }

  get #columns() {
    return Math.max(3, Math.floor((this.table.clientWidth - NAMES) / COLUMN));
  }

  update() {
    const { view } = this;
    const { client } = view;
    this.#examples = view.disagreements;
    const n = this.#examples.length;
    const isRead = view.opinions.filter(({ opinion }) => opinion).length > 1;
    const noun = client.state?.data.kind === "vector" ? "row" : "image";
    write(this.count, n ? `${many(n, noun)}${client.selection.size ? ` of ${count(client.selection.size)} selected` : ""}` : "");
    show(this.table, n > 0);
    show(this.nothing, n === 0);
    write(this.nothing, !isRead ? "It takes two models that have learned." : client.selection.size
      ? "They agree on all that is selected. Esc lets go of the selection." : `They agree on every ${noun} without a label.`);
    enable(this.first, n > 0, n ? `Opens the label page with these ${noun}s selected` : "There is nothing to label first");
    this.hint.replaceChildren(...(n && client.classes.length ? [key(keyRange(client.classes)), " labels the framed one", key("Z"), " undo"] : []));
    if (n) this.#draw();
  }

  #draw() {
    const { view, view: { client } } = this;
    const at = Math.max(0, client.focus === null ? -1 : this.#examples.indexOf(client.focus));
    this.#from = Math.max(0, Math.min(this.#from, this.#examples.length - this.#columns));
    if (at < this.#from) this.#from = at;
    if (at >= this.#from + this.#columns) this.#from = at - this.#columns + 1;
    const examples = this.#examples.slice(this.#from, this.#from + this.#columns);
    const says = view.opinions.map(({ member, opinion }) => ({ member, of: examples.map((example) => opinion?.best[example] ?? null) }));
    const drawn = JSON.stringify([examples, client.focus, says.map(({ member, of }) => [member.id, member.title, member.in_use, of]),
      client.classes.map(({ id, glyph: sign, look }) => [id, sign, look])]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.table.classList.toggle("many", says.length > 4);
    redraw(this.table, () => this.table.replaceChildren(...this.#parts(examples, says)));
    const framed = examples.find((example) => example === client.focus);
    if (framed === undefined) this.table.removeAttribute("aria-activedescendant");
    else this.table.setAttribute("aria-activedescendant", `quarrel-${framed}`);
  }

  /**
   * @param {number[]} examples
   * @param {{member: import("./answers.js").Member, of: (number | null)[]}[]} says
   */
  #parts(examples, says) {
    const { view, view: { client } } = this;
    const names = h("div.quarrel-names", { "aria-hidden": "true" }, h("span.quarrel-corner"), ...says.map(({ member }) =>
      h(`span.s.row${member.in_use ? ".used" : ""}`, { title: member.title }, lineSign(view.styleOf(member)), h("span.ellipsis", {}, member.title))));
    const columns = examples.map((example, k) => {
      const { element, canvas } = picture(".quarrelled");
      this.images.draw(canvas, example);
      const given = says.map(({ member, of }) => ({ member, cls: client.classOf(of[k]) }));
      return h(`div.quarrel-column${client.focus === example ? ".f" : ""}`, { role: "option", id: `quarrel-${example}`, "data-example": example,
        "aria-selected": String(client.focus === example),
        "aria-label": `image ${example}: ${given.map(({ member, cls }) => `${member.title} ${cls?.name ?? "nothing"}`).join(", ")}`,
        onclick: () => client.setFocus(example), onpointerenter: () => client.setHover(example), onpointerleave: () => client.setHover(null) },
      element, ...given.map(({ cls }) => h("span.quarrel-says", {}, cls ? glyph(cls, "m") : h("span.s", {}, "–"))));
    });
    return [names, ...columns];
  }

  /**
   * Frames the next one, or the one before.
   * @param {number} by
   */
  move(by) {
    const { client } = this.view;
    if (!this.#examples.length) return false;
    const at = client.focus === null ? -1 : this.#examples.indexOf(client.focus);
    const to = at < 0 ? (by > 0 ? this.#from : 0) : Math.min(Math.max(at + by, 0), this.#examples.length - 1);
    client.setFocus(this.#examples[to]);
    return true;
  }

  /**
   * Labels the framed image and frames the next one; false where none is.
   * @param {number} cls
   */
  give(cls) {
    const { client } = this.view;
    if (client.focus === null || !this.#examples.includes(client.focus)) {
      client.say("Frame an image first: click one of those they disagree about, or press an arrow key.");
      return;
    }
    const at = this.#examples.indexOf(client.focus);
    const next = this.#examples[at + 1] ?? this.#examples[at - 1] ?? null;
    client.label([client.focus], cls);
    client.setFocus(next);
  }

  /** Goes to the label page with these images selected. */
  sendToLabel() {
    const { client } = this.view;
    sessionStorage.setItem(`ssvae.select.${client.session}`, JSON.stringify(this.#examples.slice(0, SENT)));
    location.href = pageAddress("", client.session);
  }
}
