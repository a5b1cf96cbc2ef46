/** What the folder names mean, and how the images are made: each change takes effect at once. */

import { enable, h, icon, isEnabled, show, walkByArrows, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { count } from "../shared/format.js";
import { EncoderBox } from "./encoder_box.js";

/** @typedef {import("../shared/api.js").Report} Report */

const CHANNELS = [["grey", "Grey"], ["colour", "Colour"]];

/** @type {[role: import("../shared/api.js").ClassRole, title: string, about: (report: Report) => string][]} */
const ROLES = [["truth", "Hidden truth", () => "Only to score you and the model. Nothing is labelled."],
  ["labels", "Labels, made by import", (report) => `The model learns from all ${count(labelled(report))} at once.`],
  ["ignore", "Ignore them", () => "Start with no class at all."]];

export class ChoicesBox {
  shelf;
  title;
  roles;
  none;
  channels;
  side;
  sideName;
  pixels;
  why;
  encoder;
  element;

  /** @param {import("./shelf.js").Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf;
    this.title = h("b");
    this.roles = h("div.roles", { role: "radiogroup", "aria-label": "What the names mean" });
    walkByArrows(this.roles, ".role", (role) => role.click());
    this.none = h("div.s.none-skipped");
    this.channels = h("div.seg", { role: "group", "aria-label": "Channels", "data-testid": "channels" });
    this.side = h("select", { "aria-label": "Side", "data-testid": "side",
      onchange: () => this.shelf.again({ side: Number(this.side.value) }) });
    this.sideName = h("span");
    this.pixels = h("div.row.pixels", {}, h("span.s", {}, "Channels"), this.channels, h("span.sp"), h("span.s", {}, "Side"),
      h("span.sel", {}, this.sideName, icon("arrow_drop_down"), this.side));
    this.why = h("div.s.note");
    this.encoder = new EncoderBox(shelf);
    this.element = h("div.half.choices", {}, h("div.row.half-head", {}, this.title), this.roles, this.none, this.pixels, this.why,
      this.encoder.element);
  }

  #drawn = "";

  /** @param {Report} report */
  update(report) {
    this.encoder.update(report);
    const drawn = JSON.stringify([report.id, report.role, report.why_not_again]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const has = report.class_names.length > 0;
    write(this.title, report.from_folders || !(has || report.reading.length) ? "What the folder names mean" : "What the classes mean");
    show(this.roles, has);
    show(this.none, !has);
    write(this.none, report.reading.length ? "No column of classes was read: you start with no class, and name them as you see them."
      : "There are no folders of classes in it: you start with no class, and name them as you see them.");
    redraw(this.roles, () => this.roles.replaceChildren(...ROLES.map(([role, title, about]) => h(`button.role${report.role === role ? ".on" : ""}`,
      { role: "radio", "aria-checked": String(report.role === role), tabindex: report.role === role ? "0" : "-1", "data-testid": `role-${role}`,
        onclick: () => role !== report.role && this.shelf.setRole(role) },
      h("i.radio"), h("span", {}, h("b", {}, title), h("div.s", {}, about(report)))))));
    show(this.pixels, report.kind === "image");
    if (report.kind === "image") this.#updatePixels(report);
  }

  /** @param {Report} report */
  #updatePixels(report) {
    const can = report.can_read_again;
    const why = report.why_not_again;
    show(this.why, !can);
    write(this.why, why);
    redraw(this.channels, () => this.channels.replaceChildren(...CHANNELS.map(([name, title]) => {
      const button = h(`button${report.channels === name ? ".on" : ""}`, { "data-testid": `channels-${name}`,
        onclick: () => isEnabled(button) && name !== report.channels && this.shelf.again({ channels: name }) }, title);
      enable(button, can, can ? "The images are read once more" : why);
      button.setAttribute("aria-pressed", String(report.channels === name));
      return button;
    })));
    const sides = report.sides.includes(report.policy.side) ? report.sides : [report.policy.side, ...report.sides];
    this.side.replaceChildren(...sides.map((side) => h("option", { value: side, selected: side === report.policy.side }, `${side} px`)));
    this.side.disabled = !can;
    this.side.title = can ? "The images are read once more" : why;
    write(this.sideName, `${report.policy.side} px`);
  }
}

/** @param {Report} report */
function labelled(report) {
  return Object.values(report.classes).reduce((sum, n) => sum + n, 0);
}
