/**
 * What has no answer yet, of this session and of others that this browser keeps: how much, why, and the
 * choice to download it or let go of it. Nothing of it is dropped before a person says so.
 */

import { Popover } from "../shared/popover.js";
import { h, icon, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { asFile, countInWords, ownTrouble, whyInWords } from "./unsent_words.js";

const LOOK_EVERY = 5000; // ms: other tabs leave some, too

/** @typedef {import("../shared/api.js").Operation} Operation */
/** @typedef {import("./session_client.js").SessionClient} SessionClient */
/** @typedef {{session: string, name: string, ops: Operation[]}} Unsent */

export class UnsentPanel {
  /** @param {SessionClient} client */
  constructor(client) {
    this.#client = client;
    this.#word = h("span");
    this.button = h("button.btn.small.unsent", { "data-testid": "unsent", "aria-haspopup": "dialog",
      title: "Labels without an answer of the server, and what can be done with them",
      onclick: () => this.#open() }, icon("cloud_off"), this.#word);
    this.sections = h("div.unsent-sections", { "data-testid": "unsent-sections" });
    this.#popover = new Popover("unsent-panel", { label: "Not saved yet", testid: "unsent-panel", onClose: () => (this.#asking = "") });
    const update = () => this.update();
    this.#stops = [client.on("saving", update), client.on("state", update)];
    this.#timer = setInterval(update, LOOK_EVERY);
    window.addEventListener("beforeunload", this.#holdPage);
    this.update();
  }

  #stops;
  #timer;
  button;
  sections; // where it is not in a popover
  #client;
  #word;
  #popover;
  #asking = ""; // the session whose discarding is to be confirmed
  #drawn = "";

  update() {
    const { own, elsewhere } = this.#found();
    const n = (own?.ops.length ?? 0) + elsewhere.reduce((sum, { ops }) => sum + ops.length, 0);
    show(this.button, n > 0);
    this.button.classList.toggle("warn", own !== null);
    write(this.#word, own ? `${own.ops.length} not saved` : `${n} kept here`);
    const drawn = JSON.stringify([own && [own.ops.length, whyInWords(this.#client)], elsewhere.map(({ session, ops }) => [session, ops.length]), this.#asking]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const parts = () => [...(own ? [this.#own(own)] : []), ...elsewhere.map((one) => this.#other(one))];
    for (const box of [this.sections, this.#popover.element]) redraw(box, () => box.replaceChildren(...parts()));
    if (!n) this.#popover.close();
  }

  destroy() {
    for (const stop of this.#stops) stop();
    clearInterval(this.#timer);
    window.removeEventListener("beforeunload", this.#holdPage);
    this.#popover.close();
  }

  /** Asks before a page is left that alone has them. */
  #holdPage = (/** @type {Event} */ event) => {
    const { unsent, isKept } = this.#client.outbox;
    if (unsent.length && !isKept) event.preventDefault();
  };

  #open() {
    this.update();
    this.#popover.toggle(this.button, { above: true });
  }

  /** @returns {{own: Unsent | null, elsewhere: import("./unsent.js").Elsewhere[]}} */
  #found() {
    const { outbox, session, state } = this.#client;
    const own = ownTrouble(this.#client) ? { session, name: state?.session.name ?? "", ops: outbox.unsent } : null;
    return { own, elsewhere: outbox.store.elsewhere() };
  }

  /** @param {Unsent} own */
  #own(own) {
    const { outbox } = this.#client;
    const again = outbox.parked.length
      ? h("button.btn.small", { "data-testid": "unsent-again", onclick: () => outbox.retry() }, "Try again") : null;
    return this.#section(own, `${countInWords(own.ops)} not saved yet`, whyInWords(this.#client), again,
      () => this.#client.discardUnsent());
  }

  /** @param {import("./unsent.js").Elsewhere} other */
  #other(other) {
    const of = other.name ? `of “${other.name}”` : "of another session";
    const since = other.since ? ` since ${new Date(other.since).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}` : "";
    const link = h("a.btn.small", { href: `?session=${encodeURIComponent(other.session)}`, target: "_self", "data-testid": "unsent-open" }, "Open it");
    return this.#section(other, `${countInWords(other.ops)} ${of}, kept in this browser${since}`,
      "Not saved: they are sent once that session is open and the app runs on its workspace.", link,
      () => this.#client.outbox.store.forget(other.session));
  }

  /**
   * @param {Unsent} unsent
   * @param {string} title
   * @param {string} why
   * @param {HTMLElement | null} first what else can be done
   * @param {() => void} discard
   */
  #section(unsent, title, why, first, discard) {
    const ask = (/** @type {string} */ session) => () => {
      this.#asking = session;
      this.update();
    };
    const gone = () => {
      this.#asking = "";
      discard();
      this.update();
    };
    const choices = this.#asking === unsent.session
      ? [h("span", {}, `Discard ${countInWords(unsent.ops)} for good?`),
        h("button.btn.small.p", { "data-testid": "unsent-yes", onclick: gone }, "Discard"),
        h("button.btn.small", { onclick: ask("") }, "Keep")]
      : [first, h("button.btn.small", { "data-testid": "unsent-download", onclick: () => this.#download(unsent) }, "Download"),
        h("button.btn.small", { "data-testid": "unsent-discard", onclick: ask(unsent.session) }, "Discard")];
    return h("div.unsent-section", {}, h("b", {}, title), h("div.s", {}, why), h("div.row", {}, ...choices));
  }

  /** @param {Unsent} unsent */
  #download(unsent) {
    const classes = unsent.session === this.#client.session ? this.#client.classes : [];
    const url = URL.createObjectURL(new Blob([asFile(unsent, classes)], { type: "application/json" }));
    h("a", { href: url, download: `not-saved-${unsent.session}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }
}
