/**
 * Groups of images that are alike, which the app proposes before there is a label: which there are, which one is
 * looked at, and what each is named. What a group is named is read from the labels: the class of most of it.
 * No DOM.
 */

import { Emitter } from "../shared/emitter.js";
import { isClass } from "../session/label_overlay.js";
import { keyRange } from "../shared/dom.js";

const ASK_AGAIN = 500; // ms, while groups are looked for
const VALUES = 256; // of a label

/** @typedef {import("../session/session_client.js").SessionClient} SessionClient */
/** @typedef {import("../shared/api.js").SayingKind} SayingKind */
/** @typedef {import("../shared/api.js").GroupsAnswer} GroupsAnswer */
/** @typedef {import("../shared/api.js").ProposedGroup} ProposedGroup */

/**
 * Emits "change".
 * @extends {Emitter<{change: undefined}>}
 */
export class Groups extends Emitter {
  /**
   * @param {object} parts
   * @param {SessionClient} parts.client
   * @param {Pick<import("../ask/layout_modes.js").LayoutModes, "on" | "view">} parts.layoutModes
   */
  constructor({ client, layoutModes }) {
    super();
    this.client = client;
    this.layoutModes = layoutModes;
    this.#stops = [
      layoutModes.on("view", () => this.#onView()), client.on("state", () => this.#onView()),
      client.on("labels", () => this.#recount()),
    ];
  }

  client;
  layoutModes;
  /** @type {GroupsAnswer | null} */
  listed = null;
  /** @type {{name: string, title: string}[]} */
  spaces = []; // that examples can be compared in
  /** @type {number | null} */
  current = null; // the group that a class key names
  /** @type {Map<number, number>} */
  names = new Map(); // group -> class
  /** @type {Set<number>} */
  skipped = new Set();
  trouble = ""; // why there are none
  /** @type {Uint16Array | null} */
  #of = null; // each example's group
  /** @type {Uint8Array | null} */
  #isSeen = null; // whether somebody has said by eye what it is
  /** @type {Set<number> | null} */
  #highlighted = null; // the selection that shows the current group on the map
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #isAsking = false;
  #wasOpen = false;
  #stops;

  destroy() {
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
  }

  get isOpen() {
    return this.layoutModes.view === "groups";
  }

  /** Whether the keys mean the current group: nothing else is selected. */
  get takesKeys() {
    const { selection } = this.client;
    return this.isOpen && (!selection.size || selection === this.#highlighted);
  }

  get all() {
    return this.listed?.groups ?? [];
  }

  /** Those without a name, in the order in which they are asked about: skipped ones last. */
  get open() {
    const open = this.all.filter((group) => !this.names.has(group.id));
    return [...open.filter((one) => !this.skipped.has(one.id)), ...open.filter((one) => this.skipped.has(one.id))];
  }

  /** Groups of one name together, in the order of the class keys. */
  get named() {
    return this.client.classes.map((cls) => ({ cls, groups: this.all.filter((one) => this.names.get(one.id) === cls.id) }))
      .filter(({ groups }) => groups.length);
  }

  /** How many groups are named, of how many, and the share of the images that are in them. */
  get progress() {
    const named = this.all.filter((group) => this.names.has(group.id));
    const sum = (/** @type {ProposedGroup[]} */ groups) => groups.reduce((n, group) => n + group.size, 0);
    return { named: named.length, of: this.all.length, share: sum(named) / Math.max(sum(this.all), 1) };
  }

  /** @param {number | null} [id] */
  groupOf(id = this.current) {
    return this.all.find((group) => group.id === id);
  }

  // -- what a person does

  /** @param {number | null} id */
  select(id) {
    this.current = id;
    this.#highlight();
    this.emit("change");
  }

  /**
   * To another group, in the order on screen.
   * @param {number} dx
   * @param {number} dy
   */
  move(dx, dy) {
    const ids = [...this.open, ...this.named.flatMap(({ groups }) => groups)].map((group) => group.id);
    if (!ids.length) return;
    const here = ids.indexOf(this.current ?? -1);
    this.select(ids[(here + (dx || dy) + ids.length) % ids.length]);
  }

  /**
   * Names the whole group with a class, as one act; "skip" puts it last, the others as of any images.
   * @param {SayingKind} kind
   * @param {number} [cls]
   */
  say(kind, cls) {
    const { client } = this;
    const group = this.groupOf();
    if (!group) return client.say(this.listed?.working ? "The groups are on their way." : "No group is framed: click one.");
    if (kind === "skip") return this.#skip(group.id);
    const examples = this.#members(group.id);
    if (!examples.length) return client.say("You have said by eye what each image of this group is. Choose another.");
    client.give(kind === "label" ? "group" : kind, examples, null, cls);
    if (kind === "label") this.#next();
  }

  /** @param {number} id */
  #skip(id) {
    this.skipped.delete(id); // and to the end
    this.skipped.add(id);
    this.#next();
  }

  /**
   * Looks for groups anew; what was named stays named.
   * @param {number} n
   * @param {string} space "" for the one to trust most
   */
  propose(n, space = "") {
    this.skipped = new Set();
    return this.#change({ do: "propose", n, space });
  }

  cancel() {
    return this.#change({ do: "cancel" });
  }

  /** In two, where it holds two kinds. */
  split() {
    const group = this.groupOf();
    if (!group) return this.client.say("No group is framed: click one.");
    const at = this.all.indexOf(group);
    return this.#change({ do: "split", group: group.id }, () => this.all[at]?.id ?? null);
  }

  /** Puts what was split together again. */
  join() {
    const group = this.groupOf();
    if (!group || group.half_of === null) return this.client.say("This group was not split off another.");
    return this.#change({ do: "join", group: group.id }, () => group.half_of);
  }

  /** Why keys name nothing just now, or what they do. */
  get hint() {
    if (!this.client.classes.length) return "Press N to name the first class: the framed group gets it.";
    return `Press ${keyRange(this.client.classes)} to name all of them at once.`;
  }

  // -- how they come

  #onView() {
    if (!this.client.state || this.isOpen === this.#wasOpen) return;
    this.#wasOpen = this.isOpen;
    if (!this.isOpen) return this.#lower();
    if (this.listed) this.select(this.current);
    else this.#read(true);
  }

  /** @param {boolean} isToBegin whether some are proposed if there are none */
  async #read(isToBegin = false) {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      await this.#take(await this.client.api.get("groups"));
      const isBare = !this.all.length && !this.listed?.working && !this.listed?.error;
      if (isToBegin && isBare) await this.#take(await this.client.api.post("groups", { do: "propose" }));
    } catch (error) {
      this.client.sayTrouble(error);
    }
    this.#isAsking = false;
    this.#askAgain();
    this.emit("change");
  }

  #askAgain() {
    clearTimeout(this.#timer);
    if (this.listed?.working) this.#timer = setTimeout(() => this.#read(), ASK_AGAIN);
  }

  /**
   * @param {object} body
   * @param {() => number | null} then which group is looked at afterwards
   */
  async #change(body, then = () => this.current) {
    try {
      await this.#take(await this.client.api.post("groups", body));
      this.select(then() ?? this.current);
    } catch (error) {
      this.client.sayTrouble(error);
    }
    this.#askAgain();
    this.emit("change");
  }

  /** @param {GroupsAnswer} answer */
  async #take(answer) {
    const isOther = answer.version !== this.listed?.version || !this.#of;
    this.trouble = answer.error;
    if (isOther && answer.groups.length) {
      const bytes = await this.client.api.bytes("groups/members");
      const n = bytes.length / 3;
      this.#of = new Uint16Array(bytes.buffer, bytes.byteOffset, n);
      this.#isSeen = bytes.subarray(2 * n);
      if (!this.spaces.length) this.#readSpaces();
    }
    this.listed = answer;
    this.#recount();
    if (isOther && answer.groups.length && !this.groupOf()) this.select(this.open[0]?.id ?? answer.groups[0].id);
  }

  async #readSpaces() {
    try {
      this.spaces = (await this.client.api.get("spaces")).spaces;
      this.emit("change");
    } catch {
      this.spaces = []; // the trainer is away: they are asked for with the next groups
    }
  }

  #next() {
    this.select(this.open[0]?.id ?? null);
  }

  /**
   * The images of a group that nobody has looked at by themselves.
   * @param {number} id
   */
  #members(id) {
    /** @type {number[]} */
    const found = [];
    this.#of?.forEach((group, example) => group === id && !this.#isSeen?.[example] && found.push(example));
    return found;
  }

  #recount() {
    const before = this.names;
    if (this.#of && this.client.labels) this.names = namesOf(this.#of, this.client.labels, this.all);
    const lost = [...before.keys()].find((id) => !this.names.has(id) && this.groupOf(id));
    if (lost !== undefined && this.isOpen) this.select(lost); // an undo: there one goes on
    this.emit("change");
  }

  #highlight() {
    if (!this.isOpen || this.current === null) return this.#lower();
    /** @type {number[]} */
    const all = [];
    this.#of?.forEach((group, example) => group === this.current && all.push(example));
    this.#highlighted = new Set(all);
    this.client.setSelection(this.#highlighted);
  }

  #lower() {
    if (this.#highlighted && this.client.selection === this.#highlighted) this.client.setSelection([]);
    this.#highlighted = null;
  }
}

/**
 * The class of most images of a group, for each that has one: group -> class.
 * @param {Uint16Array} of each example's group
 * @param {Uint8Array} labels
 * @param {{id: number, size: number}[]} groups
 */
export function namesOf(of, labels, groups) {
  const place = new Map(groups.map(({ id }, k) => [id, k]));
  const counts = new Uint32Array(groups.length * VALUES);
  for (let i = 0; i < of.length; i++) {
    const k = isClass(labels[i]) ? place.get(of[i]) : undefined;
    if (k !== undefined) counts[k * VALUES + labels[i]] += 1;
  }
  /** @type {Map<number, number>} */
  const names = new Map();
  groups.forEach(({ id, size }, k) => {
    const row = counts.subarray(k * VALUES, (k + 1) * VALUES);
    const most = row.reduce((best, n, cls) => (n > row[best] ? cls : best), 0);
    if (2 * row[most] > size) names.set(id, most);
  });
  return names;
}
