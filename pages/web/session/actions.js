/** What keys and buttons do, where it concerns more than one panel. */

import { keyRange } from "../shared/dom.js";

export class Actions {
  constructor(lab) {
    this.lab = lab;
    this.queue = null; // set by label_page.js once the panels stand
    this.map = null;
    this.board = null;
  }

  /** Labels what is meant: on the board what that means, else the selection, else the framed example. */
  assign(cls) {
    this.#give("label", cls);
  }

  /** Puts it aside as "unsure", "junk" or "skip", or takes back what was said of it: "clear". */
  put(kind) {
    this.#give(kind);
  }

  #give(kind, cls) {
    const { lab, queue, board } = this;
    if (board?.isOpen) return board.say(kind, cls);
    if (lab.selection.size) return this.#giveSelection(kind, cls);
    if (lab.focus === null) return lab.say(this.nothingFramed());
    if (kind === "clear") return this.#clearLabel();
    if (kind === "skip") queue.willSkip([lab.focus]);
    lab.give(kind, [lab.focus], null, cls);
    queue.next();
  }

  #giveSelection(kind, cls) {
    const { lab } = this;
    const examples = [...lab.selection];
    const mapVersion = lab.selectedOn;
    this.map.clear();
    if (kind === "skip") this.queue.willSkip(examples);
    lab.give(kind, examples, mapVersion, cls);
    this.queue.settle();
  }

  #clearLabel() {
    const { lab } = this;
    if (lab.isOpen(lab.focus)) return lab.say(`Image ${lab.focus} has no label to clear.`);
    lab.give("clear", [lab.focus]);
  }

  /** Makes a class and labels what is selected or framed now with it, once it has its id. */
  addClass(name) {
    const { lab } = this;
    const { selection, selectedOn, focus } = lab;
    lab.changeClass("class-add", { name }, (id) => {
      if (this.board?.isOpen) return this.board.say("label", id);
      if (selection.size) {
        if (lab.selection === selection) this.map.clear();
        lab.label([...selection], id, selectedOn);
        this.queue.settle();
      } else if (focus !== null) {
        lab.label([focus], id);
        if (lab.focus === focus) this.queue.next();
      }
    });
  }

  nothingFramed() {
    if (this.queue?.isWaiting) return "The next images are on their way. Press the key again in a moment.";
    return "Nothing is framed: click an image, or draw a lasso on the map.";
  }

  /** Labels the framed example with the model's guess; on the board, all that are not marked. */
  accept() {
    const { lab } = this;
    if (this.board?.isOpen) return this.board.accept();
    if (lab.focus === null) return lab.say(this.nothingFramed());
    const guess = lab.guessOf(lab.focus);
    if (!guess) return lab.say(`There is no guess to accept yet. Press ${keyRange(lab.classes)}.`);
    lab.label([lab.focus], guess.best);
    this.queue.next();
  }

  /** "undo" or "redo"; frames the example again if it was a single one. */
  step(kind) {
    const { lab } = this;
    if (!lab.describe(kind)) return lab.say(`There is nothing to ${kind}.`);
    const examples = lab.step(kind);
    if (kind === "undo" && examples.length === 1) lab.setFocus(examples[0]);
  }

  clear() {
    this.map.clear();
  }

  pause() {
    const state = this.lab.state?.trainer.state;
    if (state === "paused") this.lab.command("resume");
    else if (state === "training" || state === "waiting") this.lab.command("pause");
    else this.lab.say("The trainer cannot be paused now.");
  }
}
