/** Groups on screen: the one that a key names, those that wait, and those that have a name, by class. */

import { glyph, h, icon, key, letGo, picture, show, write } from "../shared/dom.js";
import { count, many, share } from "../shared/format.js";
import { redraw } from "../shared/redraw.js";
import { nounOf } from "../texts/texts.js";

const SHOWN = 11; // members of the current group: its medoid, some on the way, its most distant one
const NUMBERS = [5, 10, 20, 30, 40, 60, 100, 200];

/** @typedef {import("../shared/api.js").ProposedGroup} ProposedGroup */

export class GroupsPanel {
  /**
   * @param {HTMLElement} panel
   * @param {object} parts
   * @param {import("../session/session_client.js").SessionClient} parts.client
   * @param {import("../shared/images.js").Images} parts.images
   * @param {import("./groups.js").Groups} parts.groups
   * @param {import("../ask/layout_modes.js").LayoutModes} parts.layoutModes
   * @param {import("../ask/grid.js").Grid} parts.grid
   */
  constructor(panel, { client, images, groups, layoutModes, grid }) {
    this.client = client;
    this.images = images;
    this.groups = groups;
    this.members = Array.from({ length: SHOWN }, (_, k) => this.#member(k));
    const [medoid, ...others] = this.members;
    const verb = (/** @type {string} */ id, /** @type {string} */ text, /** @type {string} */ letter, /** @type {() => void} */ act) =>
      h("button.btn.small", { "data-testid": id, onclick: act }, text, key(letter));
    this.joining = verb("group-join", "Join again", "⇧K", () => groups.join());
    this.one = h("div.group-one", { "data-testid": "group-current" },
      h("div.row", {}, this.size, this.name, h("span.sp"), this.hint),
      h("div.group-members", {}, medoid.element, h("div.group-others", {}, ...others.map((one) => one.element))),
      h("div.row.group-verbs", {}, verb("group-split", "Split in two", "K", () => groups.split()), this.joining,
        verb("group-skip", "Skip", "X", () => groups.say("skip")), verb("group-all", "See all of it", "G", () => grid.toggle())));
    this.cancel = h("button.btn.small", { "data-testid": "groups-cancel", onclick: () => groups.cancel() }, "Cancel");
    this.again = h("button.btn.small", { "data-testid": "groups-propose", title: "What is named stays named",
      onclick: () => this.#propose() }, icon("refresh"), "Propose anew");
    this.foot = h("div.row.groups-foot.s", {}, this.by, h("span.sp"), this.number, this.space, this.again);
    panel.append(h("div.h", {}, "Groups", this.progress, h("span.sp"), layoutModes.makeSwitch("groups")), this.bar,
      h("div.row.groups-working", {}, this.working, h("span.sp"), this.cancel), this.empty,
      h("div.groups-scroll", {}, this.one, this.openTitle, this.open, this.namedTitle, this.named), this.foot);
    this.#stops = [groups.on("change", () => this.update()), client.on("state", () => this.update()),
      layoutModes.on("view", () => this.update())];
  }

  client;
  images;
  groups;
  members;
  one;
  joining;
  cancel;
  again;
  foot;
  progress = h("span.s", { "data-testid": "groups-progress" });
  filled = h("i");
  bar = h("div.groups-bar", { role: "progressbar", "aria-label": "Share of the images in groups that have a name" }, this.filled);
  working = h("span.s", { "data-testid": "groups-working" });
  empty = h("div.nothing.s", { "data-testid": "groups-empty" });
  size = h("b.big");
  name = h("span.row", { "data-testid": "group-name" });
  hint = h("span.s", { "data-testid": "group-hint" });
  openTitle = h("div.s.groups-title");
  open = h("div.groups-tiles", { role: "group", "aria-label": "Groups without a name", "data-testid": "groups-open" });
  namedTitle = h("div.s.groups-title");
  named = h("div.groups-named", { "data-testid": "groups-named" });
  by = h("span", { "data-testid": "groups-by" });
  number = h("select", { "aria-label": "How many groups", "data-testid": "groups-number", onchange: () => letGo(this.number) },
    ...NUMBERS.map((n) => h("option", { value: n, selected: n === 30 }, many(n, "group"))));
  space = h("select", { "aria-label": "What images are compared by", "data-testid": "groups-space", onchange: () => letGo(this.space) },
    h("option", { value: "" }, "compared by the best"));
  #stops;
  #seen = "";
  #spaces = 0;

  destroy() {
    for (const stop of this.#stops) stop();
    this.groups.destroy();
  }

  #propose() {
    this.groups.propose(Number(this.number.value), this.space.value);
  }

  /** @param {number} k */
  #member(k) {
    const image = picture(k ? ".member" : ".member.medoid");
    const caption = h("div.cap.s", {}, k ? "" : "most typical");
    const element = h("button.group-member", { onclick: () => this.client.setFocus(Number(element.dataset.example)) },
      image.element, caption);
    return { element, image, caption };
  }

  update() {
    const { groups } = this;
    if (!groups.isOpen) return;
    const { named, of, share: part } = groups.progress;
    write(this.progress, of ? `${named} of ${of} named, ${share(part)} of ${nounOf(this.client)}s` : "");
    this.filled.style.width = `${100 * part}%`;
    this.bar.setAttribute("aria-valuenow", String(Math.round(100 * part)));
    this.#updateWorking();
    this.#updateCurrent();
    this.#updateLists();
    this.#updateFoot();
  }

  #updateWorking() {
    const { listed, all, trouble } = this.groups;
    const isWorking = Boolean(listed?.working);
    const row = /** @type {HTMLElement} */ (this.cancel.parentElement);
    show(row, isWorking);
    if (listed && isWorking) {
      const left = listed.seconds_left === null ? "" : `, about ${Math.max(1, Math.round(listed.seconds_left))} s left`;
      write(this.working, `${listed.message}: ${share(listed.share)}${left}`);
    }
    show(this.empty, !all.length && !isWorking);
    write(this.empty, trouble ? `${trouble} Then press “Propose anew”.` : listed ? "No groups are proposed yet. Press “Propose anew”."
      : "The groups are being read.");
  }

  #updateCurrent() {
    const { groups, client } = this;
    const group = groups.groupOf();
    show(this.one, Boolean(group));
    if (!group) return;
    write(this.size, many(group.size, nounOf(this.client)));
    const cls = client.classOf(groups.names.get(group.id));
    this.name.replaceChildren(...(cls ? [glyph(cls), h("span", {}, `named ${cls.name}`)] : []));
    write(this.hint, groups.hint);
    show(this.joining, group.half_of !== null);
    this.members.forEach((member, k) => {
      const example = group.shown[k];
      show(member.element, example !== undefined);
      if (example === undefined) return;
      member.element.dataset.example = String(example);
      const isLast = k > 0 && k === group.shown.length - 1;
      if (k) write(member.caption, isLast ? "most distant" : "");
      member.element.classList.toggle("far", isLast);
      member.element.title = `Image ${example}${isLast ? ": the most distant of the group" : k ? "" : ": the middle of the group"}`;
      this.images.draw(member.image.canvas, example);
    });
  }

  #updateLists() {
    const { groups } = this;
    const { open, named } = groups;
    const seen = JSON.stringify([open.map((one) => one.id), named.map(({ cls, groups: its }) => [cls.id, cls.name, cls.look, its.map((one) => one.id)]),
      groups.current, groups.listed?.version, [...groups.skipped]]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    write(this.openTitle, open.length ? `To name: ${many(open.length, "group")}` : "");
    redraw(this.open, () => this.open.replaceChildren(...open.map((group) => this.#tile(group))));
    const isDone = !open.length && named.length > 0;
    write(this.namedTitle, isDone ? "Every group has a name. The Review page lists the images that the others contradict."
      : named.length ? "Named" : "");
    redraw(this.named, () => this.named.replaceChildren(...named.map(({ cls, groups: its }) => h("div.row.named-row", { "data-testid": `named-${cls.id}` },
      glyph(cls, "l"), h("span.named-name", {}, cls.name),
      h("span.s.named-size", {}, `${many(its.length, "group")}, ${many(its.reduce((n, one) => n + one.size, 0), nounOf(this.client))}`),
      h("span.row.named-tiles", {}, ...its.map((group) => this.#tile(group)))))));
  }

  /** @param {ProposedGroup} group */
  #tile(group) {
    const image = picture(".group-pic");
    this.images.draw(image.canvas, group.shown[0]);
    const isOn = group.id === this.groups.current;
    return h(`button.group-tile${isOn ? ".f" : ""}${this.groups.skipped.has(group.id) ? ".later" : ""}`, {
      "data-testid": `group-${group.id}`, "aria-pressed": String(isOn), title: `${many(group.size, nounOf(this.client))}: frame this group`,
      onclick: () => this.groups.select(group.id) }, image.element, h("span.s", {}, count(group.size)));
  }

  #updateFoot() {
    const { listed, all, spaces } = this.groups;
    show(this.foot, !listed?.working);
    write(this.by, all.length && listed ? `Compared by ${listed.title}.` : "");
    if (spaces.length === this.#spaces) return;
    this.#spaces = spaces.length;
    this.space.replaceChildren(h("option", { value: "" }, "compared by the best"),
      ...spaces.map(({ name, title }) => h("option", { value: name }, `compared by ${title}`)));
  }
}
