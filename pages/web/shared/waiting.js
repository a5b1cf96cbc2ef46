/**
 * What a page says until it has something to show: what it waits for, and once that takes long, what
 * may be wrong. The page stands ready behind it, unseen and out of reach: none of its controls means
 * anything yet.
 */

import { h, icon, show, write } from "./dom.js";

const LONG = 10000; // ms after which a person wants to know why
const SLOW = "This takes longer than usual. The server may be busy with another session, or the images lie on a slow disk. "
  + "It goes on by itself; if nothing comes, the app's log says why.";
const LOST = "The server does not answer. See whether the app still runs where you started it. "
  + "It is asked again all the time: this page opens as soon as it is back.";

/** What is known so far: nothing (both false, ""), done, refused in a sentence, or no answer. */
/** @typedef {{isDone: boolean, refusal?: string, isLost?: boolean}} Known */

export class Waiting {
  /**
   * @param {HTMLElement} desk what is hidden until the wait is over
   * @param {{title: string, about: string, refused: string}} words what it waits for, what takes the time, and
   *   the title where it is refused
   * @param {HTMLElement} [beside] what is to be known where the wait does not end
   */
  constructor(desk, words, beside) {
    this.#desk = desk;
    this.#words = words;
    this.#title = h("div.wait-title", {}, words.title);
    this.#about = h("div.s", {}, words.about);
    this.#bar = h("div.wait-bar", { role: "progressbar", "aria-label": words.title });
    this.#why = h("span");
    this.#trouble = h("div.wait-why", { "data-testid": "waiting-long" }, icon("schedule"), this.#why);
    show(this.#trouble, false);
    this.#beside = beside ?? h("div");
    show(this.#beside, false);
    this.#element = h("div.wait", { role: "status", "data-testid": "waiting" },
      this.#title, this.#about, this.#bar, this.#trouble, this.#beside);
    desk.append(this.#element);
    desk.classList.add("waiting");
    this.#timer = setTimeout(() => {
      this.#isLong = true;
      this.#update();
    }, LONG);
  }

  #desk;
  #words;
  #element;
  #title;
  #about;
  #bar;
  #trouble;
  #beside;
  #why;
  #timer;
  #isLong = false;
  #isOver = false;
  /** @type {Known} */
  #known = { isDone: false };

  /**
   * To be called whenever more is known; once it is done the page is shown, and stays so.
   * @param {Known} known
   */
  tell(known) {
    if (this.#isOver) return;
    this.#known = known;
    if (known.isDone) this.destroy();
    else this.#update();
  }

  #update() {
    const { refusal = "", isLost = false } = this.#known;
    write(this.#title, refusal ? this.#words.refused : this.#words.title);
    write(this.#about, refusal || this.#words.about);
    show(this.#bar, !refusal);
    show(this.#beside, Boolean(refusal) || isLost);
    show(this.#trouble, this.#isLong && !refusal);
    if (this.#isLong) write(this.#why, isLost ? LOST : SLOW);
  }

  destroy() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#element.remove();
    this.#desk.classList.remove("waiting");
  }
}

/** What the pages about one session wait for. */
const SESSION = {
  title: "Opening the session",
  about: "Its images and labels are read. With many of them this takes some seconds.",
  refused: "The session cannot be opened",
};

/**
 * Waits for the first state of a session; the returned function ends the wait.
 * @param {HTMLElement} desk
 * @param {{state: unknown, connection: string, refusal: string, on(name: string, f: () => void): () => void}} client
 * @param {HTMLElement} [beside] what is to be known where the wait does not end
 * @returns {() => void}
 */
export function waitForSession(desk, client, beside) {
  const waiting = new Waiting(desk, SESSION, beside);
  const tell = () => waiting.tell({ isDone: Boolean(client.state),
    refusal: client.connection === "refused" ? client.refusal : "", isLost: client.connection === "lost" });
  const stops = [client.on("state", tell), client.on("saving", tell)];
  return () => {
    for (const stop of stops) stop();
    waiting.destroy();
  };
}
