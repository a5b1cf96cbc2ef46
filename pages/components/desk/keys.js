/** The keyboard: one table of keys, and the sheet that '?' opens. */

import { h, key, keyRange } from "./dom.js";
import { closePopover } from "./popover.js";

const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Listens on the window until the returned function is called. */
export function listenToKeys({ lab, actions, map, queue, sheet, around }) {
  const down = (event) => {
    if (isTyping(event) || sheet.isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    const handled = onKey(event, { lab, actions, map, queue, sheet, around });
    if (handled) event.preventDefault();
  };
  const up = (event) => event.code === "Space" && map.pointer.setSpace(false);
  window.addEventListener("keydown", down);
  window.addEventListener("keyup", up);
  return () => {
    window.removeEventListener("keydown", down);
    window.removeEventListener("keyup", up);
  };
}

function isTyping(event) {
  const target = event.composedPath()[0];
  return FIELDS.includes(target.tagName) || target.isContentEditable;
}

/** A focused button has Enter and Space for itself. */
function isOnButton(event) {
  return event.composedPath()[0].tagName === "BUTTON";
}

/** True if the key meant something here. */
function onKey(event, { lab, actions, map, queue, sheet, around }) {
  if (ARROWS[event.key]) return queue.move(...ARROWS[event.key]), true;
  if (event.code === "Space") return !isOnButton(event) && (map.pointer.setSpace(true), true);
  if (event.repeat) return false; // a key held down is one key
  const cls = classOf(event, lab.classes);
  if (cls) return actions.assign(cls.id), true;
  if (event.key === "Enter") return !isOnButton(event) && (actions.accept(), true);
  const commands = {
    x: () => actions.skip(),
    z: () => actions.step(event.shiftKey ? "redo" : "undo"),
    p: () => actions.pause(),
    v: () => map.setTool("move"),
    l: () => map.setTool("lasso"),
    b: () => map.setTool("box"),
    f: () => event.shiftKey && map.fit(),
    n: () => around.chips.openBox(true),
    "/": () => around.chips.openBox(false),
    h: () => event.shiftKey && around.history.toggle(),
    t: () => event.shiftKey && around.training.toggle(),
    escape: () => closePopover() || map.escape(),
    "+": () => map.zoom(1.5),
    "=": () => map.zoom(1.5),
    "-": () => map.zoom(1 / 1.5),
    "−": () => map.zoom(1 / 1.5),
    "?": () => sheet.open(),
  };
  const command = commands[event.key.toLowerCase()];
  command?.();
  return Boolean(command);
}

/**
 * The class of a key; a digit also by its place, since French keyboards need Shift for digits. With
 * Shift a letter is a command, never a class.
 */
function classOf(event, classes) {
  const pressed = event.key.toLowerCase();
  if (event.shiftKey && /^\p{L}$/u.test(pressed)) return undefined;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const given = classes.filter((cls) => cls.id >= 0 && cls.key);
  return given.find((cls) => cls.key === pressed)
    ?? (event.shiftKey || !/\d/.test(pressed) ? given.find((cls) => digit && cls.key === digit) : undefined);
}

/** The dialog with all keys. */
export class KeySheet {
  constructor(desk, lab) {
    this.lab = lab;
    this.rows = h("dl");
    const close = h("button.btn", { onclick: () => this.dialog.close() }, "Close", key("Esc"));
    this.dialog = h("dialog.sheet", { "data-testid": "key-sheet", "aria-label": "Keys" },
      h("div.h", {}, "Keys", h("span.sp"), close), this.rows);
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    desk.append(this.dialog);
  }

  get isOpen() {
    return this.dialog.open;
  }

  open() {
    this.rows.replaceChildren(...this.#list().flatMap(([keys, text]) => [
      h("dt", {}, ...keys.map((name) => key(name))), h("dd", {}, text)]));
    this.dialog.showModal();
  }

  #list() {
    return [
      [[keyRange(this.lab.classes)], "label the selection, or the framed image"],
      [["↵"], "accept the model's guess"],
      [["X"], "skip the framed image"],
      [["←", "↑", "↓", "→"], "frame another image"],
      [["/"], "find a class by its name"],
      [["N"], "a new class, and the label with it"],
      [["↓"], "on a chip: rename, recolour, move, merge, delete"],
      [["Z"], "undo"],
      [["⇧", "Z"], "redo"],
      [["⇧", "H"], "all that was done; go back to any step"],
      [["L"], "lasso"],
      [["B"], "box"],
      [["V"], "move the map (or hold Space)"],
      [["+", "−"], "zoom"],
      [["⇧", "F"], "show the whole map"],
      [["Esc"], "clear the selection"],
      [["P"], "pause or resume training"],
      [["⇧", "T"], "how training goes, and when it trains"],
      [["?"], "this list"],
    ];
  }
}
