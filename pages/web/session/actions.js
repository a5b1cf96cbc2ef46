/** What keys and buttons do, where it concerns more than one panel. */

import { keyRange } from "../shared/dom.js";

/** @typedef {import("../shared/api.js").SayingKind} SayingKind */

export class Actions {
  /** @param {import("./session_client.js").SessionClient} client */
  constructor(client) {
    this.client = client;
  }

  client;
  // Set by label_page.js once the panels stand; other pages have none.
  /** @type {{isWaiting: boolean, next(): void, settle(): void, willSkip(examples: number[]): void} | null} */
  queue = null;
  /** @type {{clear(): void} | null} */
  map = null;
  /** @type {{takesKeys: boolean, say(kind: SayingKind, cls?: number): void} | null} */
  groups = null;
  /** @type {{isOpen: boolean, say(kind: SayingKind, cls?: number): void, accept(): void} | null} */
  grid = null;

  /**
   * Labels what is meant: on the board what that means, else the selection, else the framed example.
   * @param {number} cls
   */
  assign(cls) {
    this.#give("label", cls);
  }

  /**
   * Puts it aside as "unsure", "junk" or "skip", or takes back what was said of it: "clear".
   * @param {SayingKind} kind
   */
  put(kind) {
    this.#give(kind);
  }

  /**
   * @param {SayingKind} kind
   * @param {number} [cls]
   */
  #give(kind, cls) {
    const { client, queue, grid, groups } = this;
    if (grid?.isOpen) return grid.say(kind, cls);
    if (groups?.takesKeys) return groups.say(kind, cls);
    if (client.selection.size) return this.#giveSelection(kind, cls);
    if (client.focus === null) return client.say(this.nothingFramed());
    if (kind === "clear") return this.#clearLabel(client.focus);
    if (kind === "skip") queue?.willSkip([client.focus]);
    client.give(kind, [client.focus], null, cls);
    queue?.next();
  }

  /**
   * @param {SayingKind} kind
   * @param {number} [cls]
   */
  #giveSelection(kind, cls) {
    const { client } = this;
    const examples = [...client.selection];
    const mapVersion = client.selectedOn;
    this.map?.clear();
    if (kind === "skip") this.queue?.willSkip(examples);
    client.give(kind, examples, mapVersion, cls);
    this.queue?.settle();
  }

  /** @param {number} example */
  #clearLabel(example) {
    const { client } = this;
    if (client.isOpen(example)) return client.say(`Image ${example} has no label to clear.`);
    client.give("clear", [example]);
  }

  /**
   * Makes a class and labels what is selected or framed now with it, once it has its id.
   * @param {string} name
   */
  addClass(name) {
    const { client } = this;
    const { selection, selectedOn, focus } = client;
    if (this.grid?.isOpen)
      return client.changeClass("class-add", { name }, { made: (id) => id !== null && this.grid?.say("label", id) });
    if (this.groups?.takesKeys)
      return client.changeClass("class-add", { name }, { made: (id) => id !== null && this.groups?.say("label", id) });
    const then = selection.size ? { examples: [...selection], map_version: selectedOn ?? undefined }
      : focus !== null ? { examples: [focus] } : undefined;
    client.changeClass("class-add", { name }, { then, made: (id) => {
      if (id === null) return;
      if (selection.size) {
        if (client.selection === selection) this.map?.clear();
        this.queue?.settle();
      } else if (focus !== null && client.focus === focus) this.queue?.next();
    } });
  }

  nothingFramed() {
    if (this.queue?.isWaiting) return "The next images are on their way. Press the key again in a moment.";
    return "Nothing is framed: click an image, or draw a lasso on the map.";
  }

  /** Labels the framed example with the model's guess; on the board, all that are not marked. */
  accept() {
    const { client } = this;
    if (this.grid?.isOpen) return this.grid.accept();
    if (client.focus === null) return client.say(this.nothingFramed());
    const guess = client.guessOf(client.focus);
    if (!guess) return client.say(`There is no guess to accept yet. Press ${keyRange(client.classes)}.`);
    client.label([client.focus], guess.best);
    this.queue?.next();
  }

  /**
   * "undo" or "redo"; frames the example again if it was a single one.
   * @param {import("../shared/api.js").StepKind} kind
   */
  step(kind) {
    const { client } = this;
    if (!client.describe(kind)) return client.say(`There is nothing to ${kind}.`);
    const examples = client.step(kind);
    if (kind === "undo" && examples.length === 1) client.setFocus(examples[0]);
  }

  clear() {
    this.map?.clear();
  }

  #pauses = 0; // commands that the state does not show yet
  #isToPause = false; // as the last of them says

  /** Pauses the trainer, or lets it go on; pressed twice, the second takes back the first. */
  async pause() {
    const state = this.client.state?.trainer.state ?? "";
    if (!["paused", "training", "waiting"].includes(state)) return this.client.say("The trainer cannot be paused now.");
    this.#isToPause = this.#pauses ? !this.#isToPause : state !== "paused";
    this.#pauses += 1;
    await this.client.command(this.#isToPause ? "pause" : "resume");
    this.#pauses -= 1;
  }
}
