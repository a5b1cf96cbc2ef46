/** The keys of the learn page, and the sheet that says them. */

import { h, key } from "../shared/dom.js";
import { answerKeys } from "./course.js";

const SLIDER_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];
const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];
/** @type {[keys: string[], does: string][]} */
const SHEET = [
  [["1", "2", "3"], "answer the question"], [["↵"], "one step further"], [["⇧", "↵"], "one step back"],
  [["←", "→"], "turn the knob"], [["↑", "↓"], "turn the free knob"], [["S"], "I cannot say"],
  [["F"], "the formula"], [["G"], "run it here"], [["V"], "what ran here, or what ships"], [["N"], "start the lesson again"], [["L"], "all lessons"],
  [["+"], "larger, for a projector"], [["−"], "smaller"], [["Tab"], "to every control"], [["?"], "this sheet"],
];

/**
 * @typedef {object} Commands
 * @property {(answer: number) => void} predict
 * @property {() => void} next
 * @property {() => void} back
 * @property {(by: 1 | -1, isFree: boolean) => void} nudge
 * @property {() => void} skip
 * @property {() => void} formula
 * @property {() => void} run
 * @property {() => void} toggleRun
 * @property {() => void} again
 * @property {() => void} leave
 * @property {(isLarge: boolean) => void} resize
 * @property {() => void} sheet
 */

/**
 * What a key means: a command and what it takes; null for nothing.
 * @param {Pick<KeyboardEvent, "key" | "shiftKey">} event
 * @param {string[]} answers of the question; [] where none is asked
 * @returns {(commands: Commands) => void | null}
 */
export function meaningOf(event, answers) {
  const pressed = event.key.toLowerCase();
  const answer = answerKeys(answers).indexOf(pressed);
  if (answer >= 0) return (does) => does.predict(answer);
  /** @type {Record<string, (commands: Commands) => void>} */
  const table = {
    enter: (does) => (event.shiftKey ? does.back() : does.next()),
    arrowleft: (does) => does.nudge(-1, false), arrowright: (does) => does.nudge(1, false),
    arrowdown: (does) => does.nudge(-1, true), arrowup: (does) => does.nudge(1, true),
    s: (does) => does.skip(), f: (does) => does.formula(), g: (does) => does.run(), v: (does) => does.toggleRun(),
    n: (does) => does.again(), l: (does) => does.leave(),
    "+": (does) => does.resize(true), "=": (does) => does.resize(true), "-": (does) => does.resize(false), "−": (does) => does.resize(false),
    "?": (does) => does.sheet(),
  };
  return table[pressed] ?? (() => null);
}

/**
 * Listens on the window until the returned function is called.
 * @param {Commands} commands
 * @param {() => string[]} answers that can be given now
 * @param {() => boolean} isAway whether a dialog has the keys
 */
export function listenToKeys(commands, answers, isAway) {
  const down = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isAway() || isTheirs(event)) return;
    if (meaningOf(event, answers())(commands) !== null) event.preventDefault();
  };
  window.addEventListener("keydown", down);
  return () => window.removeEventListener("keydown", down);
}

/**
 * Whether a key belongs to what has the focus: letters to a field, arrows to a slider, Enter to a button that does something.
 * @param {KeyboardEvent} event
 */
function isTheirs(event) {
  const [at] = event.composedPath();
  if (!(at instanceof HTMLElement)) return false;
  if (at instanceof HTMLInputElement && at.type === "range") return SLIDER_KEYS.includes(event.key);
  if (FIELDS.includes(at.tagName)) return true;
  return event.key === "Enter" && (at.tagName === "A" || (at.tagName === "BUTTON" && at.getAttribute("aria-disabled") !== "true"));
}

/** The dialog with all keys. */
export class KeySheet {
  /** @param {HTMLElement} desk */
  constructor(desk) {
    const close = h("button.btn", { onclick: () => this.dialog.close() }, "Close", key("Esc"));
    this.dialog = h("dialog.sheet.learn-keys", { "data-testid": "key-sheet", "aria-label": "Keys" }, h("div.h", {}, "Keys", h("span.sp"), close),
      h("dl.keys", {}, ...SHEET.map(([keys, does]) => h("div.key-row", {}, h("dt", {}, ...keys.map(key)), h("dd", {}, does)))));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    desk.append(this.dialog);
  }

  dialog;

  get isOpen() {
    return this.dialog.open;
  }

  open() {
    if (!this.isOpen) this.dialog.showModal();
  }
}
