/** Labels that the model can explain better with another class, worst first. */

import { glyph, h, key, picture } from "../shared/dom.js";
import { many } from "../shared/format.js";
import { by, row } from "./rows.js";

/** @typedef {import("../shared/api.js").Disagreement} Disagreement */
/** @typedef {import("../shared/api.js").DisagreementsAnswer} DisagreementsAnswer */
/** @typedef {import("../shared/api.js").Doubt} Doubt */
/** @typedef {import("../shared/api.js").DoubtsAnswer} DoubtsAnswer */
/** @typedef {import("../shared/api.js").Group} Group */
/** @typedef {import("../shared/api.js").GroupsAnswer} GroupsAnswer */
/** @typedef {import("./list.js").Hint} Hint */
/** @typedef {import("./list.js").List} List */

/** What the three lists are given. */
class ReviewList {
  client;
  images;
  verbs;
  list;

  /** @param {import("./list.js").ListParts} parts */
  constructor({ client, images, verbs, list }) {
    this.client = client;
    this.images = images;
    this.verbs = verbs;
    this.list = list;
  }
}

/** @implements {List} */
export class DoubtsList extends ReviewList {
  static title = "Possible wrong labels";
  static finding = /** @type {const} */ ("doubts");
  /** @type {Hint[]} */
  static hints = [[["↵"], "change"], [["K"], "keep"]];

  /** @param {DoubtsAnswer} found */
  words(found) {
    return `${found.items.length} of your ${found.checked}`;
  }

  get lead() {
    return "The model can explain these better with another class. You decide; it never changes a label.";
  }

  /** @param {DoubtsAnswer} found */
  empty(found) {
    if (!found.checked) return "No label to check yet. Label at least two images of a class first.";
    return `Nothing looks wrong. ${many(found.checked, "label")} checked.`;
  }

  /**
   * @param {Doubt} item
   * @param {boolean} focused
   */
  row(item, focused) {
    const { client } = this;
    const [said, fits] = [client.classOf(item.label), client.classOf(item.fits)];
    if (!said || !fits) return null;
    const gap = `${item.gap.toFixed(item.gap < 10 ? 1 : 0)} nats`;
    return row({ example: item.example, images: this.images, focused, onclick: () => this.list.focus(item.example) },
      h("div.said", {}, h("div.row", {}, h("span.s", {}, "you said"), glyph(said, "l")),
        h("div.row", {}, h("span.s", {}, "it fits best"), glyph(fits, "l"))),
      h("div.gap", {}, h("div", { title: item.by_bound ? "How much better the other class explains the image (gap of the bound)"
        : "Log-odds by what the other labels propagate, this one hidden" }, h("b", {}, gap), " apart"),
        h("div.s", {}, by(item.who, item.at, client.state?.person ?? ""))),
      h("div.decide", {}, h(`button.btn${focused ? ".p" : ""}`, { onclick: (e) => (e.stopPropagation(), this.accept(item)) },
        `Change to ${fits.name}`, focused ? key("↵") : null),
      h(`button.btn${focused ? "" : ".gh"}`, { onclick: (e) => (e.stopPropagation(), this.keep(item)) },
        `Keep ${said.name}`, focused ? key("K") : null)));
  }

  /** @param {Doubt} item */
  accept(item) {
    this.verbs.give([item.example], item.fits);
    this.list.done(item.example);
  }

  /** @param {Doubt} item */
  keep(item) {
    this.verbs.give([item.example], item.label, "keep");
    this.list.done(item.example);
  }

  /**
   * @param {Doubt} item
   * @param {number} cls
   */
  give(item, cls) {
    this.verbs.give([item.example], cls);
    this.list.done(item.example);
  }
}

/**
 * Images that people disagree about; a class key settles it.
 * @implements {List}
 */
export class DisagreementsList extends ReviewList {
  static title = "Disagreements";
  static finding = /** @type {const} */ ("disagreements");
  /** @type {Hint[]} */
  static hints = [[["↵"], "settle"]];

  /** @param {DisagreementsAnswer} found */
  words(found) {
    return found.agreement.words;
  }

  get lead() {
    return "Each person has one vote an image. Until you settle it, the newest vote counts. A class key settles it.";
  }

  /** @param {DisagreementsAnswer} found */
  empty(found) {
    return found.agreement.people < 2
      ? "Only one person has labelled so far. Give everybody a name at the top right; then agreement is counted here."
      : "Nobody disagrees.";
  }

  /**
   * @param {Disagreement} item
   * @param {boolean} focused
   */
  row(item, focused) {
    const { client } = this;
    const votes = item.votes.flatMap(({ who, class: id }) => {
      const cls = client.classOf(id);
      return cls ? [{ who, cls }] : [];
    });
    if (!votes.length) return null;
    const best = client.classOf(item.counts_as);
    return row({ example: item.example, images: this.images, focused, onclick: () => this.list.focus(item.example) },
      h("div.votes", {}, ...votes.map(({ who, cls }) => h("div.row", {}, glyph(cls, "l"),
        h("span.s", {}, who === client.state?.person ? "you" : who || "somebody")))),
      h("div.decide", {}, ...unique(votes.map((vote) => vote.cls)).slice(0, 3).map((cls) => h(
        `button.btn${focused && cls === best ? ".p" : ""}`, { onclick: (e) => (e.stopPropagation(), this.give(item, cls.id)) },
        `It is ${cls.name}`, focused && cls === best ? key("↵") : null))));
  }

  /** @param {Disagreement} item */
  accept(item) {
    if (item.counts_as !== null) this.give(item, item.counts_as);
  }

  /**
   * @param {Disagreement} item
   * @param {number} cls
   */
  give(item, cls) {
    this.verbs.give([item.example], cls, "settle");
    this.list.done(item.example);
  }
}

/**
 * Tight groups that no class explains.
 * @implements {List}
 */
export class GroupsList extends ReviewList {
  static title = "A class of its own?";
  static finding = /** @type {const} */ ("groups");
  /** @type {Hint[]} */
  static hints = [[["↵"], "name it"]];

  /** @param {GroupsAnswer} found */
  words(found) {
    return found.items.length ? many(found.items.length, "group") : "";
  }

  get lead() {
    return "These images lie close together and fit no class well. Give them a name of their own, or a class key.";
  }

  /** @param {GroupsAnswer} found */
  empty(found) {
    return found.ready ? "Nothing yet. Skip images (X) that none of your classes fits: where they crowd, they are offered here as a class." : "Label a few images first: then it can be seen what fits none of the classes.";
  }

  /**
   * @param {Group} item
   * @param {boolean} focused
   */
  row(item, focused) {
    const thumbs = item.examples.slice(0, 9).map((example) => {
      const { element, canvas } = picture(".thumb");
      this.images.draw(canvas, example);
      return element;
    });
    const name = h("input.name-it", { placeholder: "Name of the new class", "aria-label": "Name of the new class", maxlength: 60, "data-testid": "group-name",
      value: this.#typed.get(item.example) ?? "",
      oninput: () => this.#typed.set(item.example, name.value),
      onkeydown: (event) => event.key === "Enter" && (event.preventDefault(), event.stopPropagation(), this.#name(item, name)) });
    return h(`div.doubt.group${focused ? ".f" : ""}`, { "data-example": item.example, role: "listitem",
      "aria-current": String(focused), onclick: () => this.list.focus(item.example) },
    h("div.row", {}, h("b", {}, many(item.examples.length, "image")), h("span.s", {}, item.why)),
    h("div.row.thumbs", {}, ...thumbs),
    h("div.row", {}, name, h(`button.btn${focused ? ".p" : ""}`, { onclick: (e) => (e.stopPropagation(), this.#name(item, name)) },
      "New class"), h("button.btn.gh", { onclick: (e) => (e.stopPropagation(), this.list.done(item.example)) }, "Not now")));
  }

  /** @type {Map<number, string>} */
  #typed = new Map(); // names, by the first example of a group

  /** @param {Group} item */
  accept(item) {
    /** @type {HTMLInputElement | null} */
    const field = this.list.element.querySelector(`[data-example="${item.example}"] input`);
    field?.focus();
  }

  /**
   * @param {Group} item
   * @param {number} cls
   */
  give(item, cls) {
    this.verbs.give(item.examples, cls);
    this.list.done(item.example);
  }

  /**
   * @param {Group} item
   * @param {HTMLInputElement} input
   */
  async #name(item, input) {
    if (!input.value.trim()) return void input.focus();
    if ((await this.verbs.found(input.value, item.examples)) !== null) this.list.done(item.example);
  }
}

/**
 * @template Value
 * @param {Value[]} values
 */
function unique(values) {
  return [...new Set(values)];
}
