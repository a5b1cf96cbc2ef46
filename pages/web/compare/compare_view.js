/** What the page shows of a comparison now: at how many labels, which member, difference or plain. */

import { Emitter } from "../shared/emitter.js";
import { lineStyles } from "./line_styles.js";
import { readLink, writeLink } from "./link.js";
import { differing, disagreements, majority } from "./opinions.js";
import { pageAddress } from "../shared/page_address.js";

/** @typedef {import("./answers.js").Member} Member */
/** @typedef {import("./comparison.js").Opinion} Opinion */

/** @extends {Emitter<{change: undefined}>} */
export class CompareView extends Emitter {
  client;
  comparison;
  /** @type {import("./linked_maps.js").LinkedMaps} */
  maps;
  link = readLink(location.search);

  /**
   * @param {import("../session/session_client.js").SessionClient} client
   * @param {import("./comparison.js").Comparison} comparison
   * @param {(view: CompareView) => import("./linked_maps.js").LinkedMaps} mapsOf
   */
  constructor(client, comparison, mapsOf) {
    super();
    this.client = client;
    this.comparison = comparison;
    this.maps = mapsOf(this);
    client.on("labels", () => (this.#labelled += 1));
    this.auditAddress = pageAddress("review", client.session);
  }

  auditAddress;
  #labelled = 0; // how often labels have changed
  /** @type {{votes: unknown, selection: unknown, labelled: number, examples: number[]}} */
  #quarrels = { votes: null, selection: null, labelled: -1, examples: [] };
  /** @type {{of: (Opinion | null)[], majority: Uint8Array, differs: Map<Opinion, Uint8Array>} | null} */
  #votes = null;

  /** @param {Partial<import("./link.js").Link>} change */
  set(change) {
    this.link = { ...this.link, ...change };
    history.replaceState(history.state, "", `${location.pathname}${writeLink(location.search, this.link)}`);
    this.emit("change");
  }

  get members() {
    return this.comparison.answer?.members ?? [];
  }

  /** @param {string | null} id */
  member(id) {
    return this.members.find((member) => member.id === id);
  }

  /** The member that the panels below are about: as chosen, else the first that is not in use. */
  get chosen() {
    return this.member(this.link.member) ?? this.members.find((member) => !member.in_use) ?? this.members[0] ?? null;
  }

  get inUse() {
    return this.comparison.inUse ?? null;
  }

  get ladder() {
    return this.comparison.answer?.ladder ?? [];
  }

  /** Whether any member has learned from any number of labels. */
  get hasResults() {
    return this.members.some(({ reached }) => reached.length > 0);
  }

  /** Labels that all are looked at with: what the slider says, or all, or as many as the furthest member has had. */
  get labels() {
    const { ladder, link } = this;
    const furthest = Math.max(...this.members.flatMap(({ reached }) => reached));
    return ladder.find((stop) => stop === link.labels) ?? (this.hasResults ? furthest : ladder.at(-1)) ?? 0;
  }

  get isDifference() {
    return this.link.view === "difference";
  }

  get isByAudit() {
    return this.comparison.answer?.by !== "truth";
  }

  /** @param {Member} member */
  styleOf(member) {
    return lineStyles(this.members).get(member.id) ?? { dash: "", colour: "var(--text)", width: 2 };
  }

  /**
   * How it did with so many labels; null where it has not come so far.
   * @param {Member} member
   */
  resultOf(member) {
    return member.results[this.labels] ?? null;
  }

  /**
   * What it takes every example for, and 1 where that is not what most members say.
   * @param {Member} member
   * @returns {{opinion: Opinion | null, differs: Uint8Array | null}}
   */
  opinionOf(member) {
    const opinion = this.comparison.opinion(member, this.labels);
    const votes = this.#count();
    return { opinion, differs: (opinion && votes?.differs.get(opinion)) ?? null };
  }

  /** All members with what they say. */
  get opinions() {
    return this.members.map((member) => ({ member, opinion: this.comparison.opinion(member, this.labels) }));
  }

  /** Counted anew only when other opinions are there. */
  #count() {
    const of = this.opinions.map(({ opinion }) => opinion);
    if (this.#votes && of.length === this.#votes.of.length && of.every((one, k) => one === this.#votes?.of[k])) return this.#votes;
    const inUseFirst = this.opinions.sort((a, b) => Number(b.member.in_use) - Number(a.member.in_use));
    const known = inUseFirst.flatMap(({ opinion }) => (opinion ? [opinion] : []));
    const most = majority(known.map(({ best }) => best));
    const differs = new Map(known.length < 2 ? [] : known.map((one) => [one, differing(one.best, most)]));
    this.#votes = { of, majority: most, differs };
    return this.#votes;
  }

  /** Examples without a label about which they differ, the most telling first; of the selection if there is one. */
  get disagreements() {
    const { client } = this;
    const [votes, was, { selection }] = [this.#count(), this.#quarrels, client];
    if (was.votes === votes && was.selection === selection && was.labelled === this.#labelled) return was.examples;
    const known = this.opinions.flatMap(({ opinion }) => (opinion ? [opinion] : []));
    const examples = disagreements(known, (example) => client.isOpen(example) && (!selection.size || selection.has(example)));
    this.#quarrels = { votes, selection, labelled: this.#labelled, examples };
    return examples;
  }

  /**
   * @param {Member} member
   * @returns {import("./draws_grid.js").Shown}
   */
  drawsOf(member) {
    const own = this.#drawn(member);
    const against = this.isDifference && !member.in_use && this.inUse ? this.#drawn(this.inUse) : null;
    const empty = !this.resultOf(member) ? "No drawings yet" : this.resultOf(member)?.draws.rows ? "Reading its drawings" : `${member.title} draws no classes`;
    return { own, against, empty };
  }

  /** @param {Member} member */
  #drawn(member) {
    const draws = this.resultOf(member)?.draws;
    const pixels = draws && this.comparison.draws(member, this.labels);
    return draws && pixels ? { draws, pixels } : null;
  }
}
