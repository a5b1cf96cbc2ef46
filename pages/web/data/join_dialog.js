/** "Join as another domain": two data sets, what is made of the images of one, and what goes on. */

import { enable, h, isEnabled, picture, show, write } from "../shared/dom.js";
import { paint } from "../shared/images.js";
import { fromBase64 } from "../explore/base64.js";

const ROWS = /** @type {const} */ ([["before", "as they came"], ["after", "as they join"], ["other", "beside these"]]);

/** @typedef {import("../shared/api.js").JoiningAnswer} JoiningAnswer */

export class JoinDialog {
  shelf;
  of = h("select", { "data-testid": "join-of", "aria-label": "A domain of", onchange: () => this.#look() });
  second = h("b", { "data-testid": "join-second" });
  made = this.#choice("join-made", "Made as the other set", () => this.#choose(false));
  stretched = this.#choice("join-stretched", "Only stretched to its size", () => this.#choose(true));
  words = h("div.s", { role: "status", "data-testid": "join-words" });
  rows = h("div.join-rows", { "data-testid": "join-rows" });
  session = h("select", { "data-testid": "join-session", "aria-label": "What goes on with it" });
  button = h("button.btn.p", { "data-testid": "join", onclick: () => isEnabled(this.button) && this.#join() }, "Join");
  dialog;

  /**
   * @param {HTMLElement} desk
   * @param {import("./shelf.js").Shelf} shelf
   */
  constructor(desk, shelf) {
    this.shelf = shelf;
    const close = h("button.btn", { onclick: () => this.dialog.close() }, "Cancel");
    this.dialog = h("dialog.sheet.join", { "data-testid": "join-dialog", "aria-label": "Join as another domain" },
      h("div.h", {}, "Join as another domain"),
      h("div.pad", {}, h("div.row", {}, this.second, h("span.s", {}, "becomes a domain of"), this.of),
        h("div.s", {}, "Both data sets stay. On one map, labels of one domain serve the other; each is judged by itself."),
        h("div.roles", { role: "radiogroup", "aria-label": "How its images are made" }, this.made.element, this.stretched.element),
        this.rows, this.words,
        h("div.row", {}, h("span.s", {}, "Then"), this.session, h("span.sp"), close, this.button)));
    desk.append(this.dialog);
  }

  #asThey = false;
  #set = "";
  #asked = 0;

  /**
   * @param {string} testid
   * @param {string} title
   * @param {() => void} choose
   */
  #choice(testid, title, choose) {
    const about = h("span.s");
    const element = h("button.role", { role: "radio", "data-testid": testid, onclick: choose }, h("span.radio"),
      h("span", {}, h("b", {}, title), " ", about));
    return { element, about };
  }

  /**
   * @param {string} set id of the one that joins
   * @param {string} [of] id of the one that it joins
   */
  open(set, of) {
    const { all } = this.shelf;
    if (!all) return;
    this.#set = set;
    this.#asThey = false;
    const named = [...all.sets.map(({ id, name }) => ({ id, name })), ...all.ready.map(({ id, title }) => ({ id, name: title }))];
    write(this.second, named.find(({ id }) => id === set)?.name ?? set);
    this.of.replaceChildren(...named.filter(({ id }) => id !== set).map(({ id, name }) => h("option", { value: id }, name)));
    if (of) this.of.value = of;
    this.dialog.showModal();
    this.#look();
  }

  /** @param {boolean} asThey */
  #choose(asThey) {
    this.#asThey = asThey;
    this.#look();
  }

  get #question() {
    const [set, of] = [this.#set, this.of.value].map(encodeURIComponent);
    return `joining?set=${set}&of=${of}&as_they_are=${this.#asThey ? 1 : 0}`;
  }

  /** Shows what would become of some images. */
  async #look() {
    for (const [{ element }, isOn] of /** @type {const} */ ([[this.made, !this.#asThey], [this.stretched, this.#asThey]])) {
      element.classList.toggle("on", isOn);
      element.setAttribute("aria-checked", String(isOn));
    }
    const asked = (this.#asked += 1);
    enable(this.button, false, "The images are being looked at");
    write(this.words, "Looking at how the images of both are made.");
    try {
      /** @type {JoiningAnswer} */
      const found = await this.shelf.server.get(this.#question);
      if (asked !== this.#asked) return;
      this.#show(found);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.rows.replaceChildren();
      write(this.words, /** @type {Error} */ (error).message);
      enable(this.button, false, "These two do not go together");
    }
  }

  /** @param {JoiningAnswer} found */
  #show(found) {
    write(this.words, found.words === "as they are" ? "Its images are made alike already: nothing is changed."
      : `${found.words}.`);
    this.rows.replaceChildren(...ROWS.flatMap(([name, title]) => {
      const of = found.pictures[name];
      return of ? [h("div.join-row", { "data-row": name }, h("span.s", {}, title), h("div.row", {}, ...tiles(of)))] : [];
    }));
    const chosen = this.session.value;
    this.session.replaceChildren(h("option", { value: "" }, "a new data set, to open on its map"),
      ...found.sessions.map(({ id, name }) => h("option", { value: id }, `${name} goes on with it, with all its labels`)));
    if (found.sessions.some(({ id }) => id === chosen)) this.session.value = chosen;
    show(this.session, found.sessions.length > 0);
    const why = this.shelf.whyBusy;
    enable(this.button, !why, why);
  }

  #join() {
    this.dialog.close();
    this.shelf.join({ set: this.#set, of: this.of.value, as_they_are: this.#asThey, session: this.session.value });
  }
}

/** @param {{shape: import("../shared/api.js").ImageShape, pixels: string}} of */
function tiles({ shape, pixels }) {
  const bytes = fromBase64(pixels);
  const size = shape[0] * shape[1] * shape[2];
  return Array.from({ length: bytes.length / size }, (_, k) => {
    const tile = picture(".seen");
    paint(tile.canvas, bytes.subarray(k * size, (k + 1) * size), shape);
    return tile.element;
  });
}
