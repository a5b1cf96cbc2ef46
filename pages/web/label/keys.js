/** The keyboard: one table of keys, and the sheet that '?' opens. */

import { h, key, keyRange } from "../shared/dom.js";
import { closePopover } from "../shared/popover.js";

const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];
const SLIDER_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];
const LIST_KEYS = ["Enter", " ", "Escape", "Tab", ...SLIDER_KEYS];
/** @type {Record<string, [number, number]>} columns and rows */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * What the keys reach.
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("../session/actions.js").Actions} actions
 * @property {import("../map/latent_map.js").LatentMap} map
 * @property {import("../map/select_by.js").SelectBy} selectBy
 * @property {import("../map/select_menu.js").SelectMenu} menu
 * @property {import("../ask/queue.js").Queue} queue
 * @property {import("../ask/strategy_picker.js").StrategyPicker} order
 * @property {import("../ask/layout_modes.js").LayoutModes} layoutModes
 * @property {import("../ask/grid.js").Grid} grid
 * @property {import("../ask/grid_panel.js").GridPanel} gridPanel
 * @property {import("../groups/groups.js").Groups} groups
 * @property {import("../classes/chips.js").Chips} chips
 * @property {import("../progress/history_panel.js").HistoryPanel} history
 * @property {import("../progress/training_panel.js").TrainingPanel} training
 * @property {import("../progress/samples_panel.js").SamplesPanel} samples
 * @property {KeySheet} sheet
 */

/** @typedef {Record<string, () => void>} Commands by key, in small letters */

/**
 * Listens on the window until the returned function is called.
 * @param {Parts} parts
 */
export function listenToKeys(parts) {
  const down = (/** @type {KeyboardEvent} */ event) => {
    const isOurs = !isTyping(event) && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isOurs && !parts.sheet.isOpen && onKey(event, parts)) event.preventDefault();
  };
  const up = (/** @type {KeyboardEvent} */ event) => event.code === "Space" && parts.map.pointer.setSpace(false);
  window.addEventListener("keydown", down);
  window.addEventListener("keyup", up);
  return () => {
    window.removeEventListener("keydown", down);
    window.removeEventListener("keyup", up);
  };
}

/**
 * Where a key was pressed.
 * @param {KeyboardEvent} event
 */
function targetOf(event) {
  return /** @type {HTMLElement} */ (event.composedPath()[0]);
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = targetOf(event);
  if ("type" in target && target.type === "range") return SLIDER_KEYS.includes(event.key);
  if (target.tagName === "SELECT" && target.closest(".pick, .sel")) return LIST_KEYS.includes(event.key);
  return FIELDS.includes(target.tagName) || target.isContentEditable;
}

/**
 * A focused button has Enter and Space for itself.
 * @param {KeyboardEvent} event
 */
function isOnButton(event) {
  return targetOf(event).tagName === "BUTTON";
}

/**
 * True if the key meant something here.
 * @param {KeyboardEvent} event
 * @param {Parts} parts
 */
function onKey(event, parts) {
  const { client, actions, map, queue, grid, groups } = parts;
  const walked = grid.isOpen ? grid : groups.isOpen ? groups : queue;
  if (ARROWS[event.key]) return walked.move(...ARROWS[event.key]), true;
  if (event.code === "Space" && isOnButton(event)) return false;
  if (event.code === "Space" && !grid.isOpen) return map.pointer.setSpace(true), true;
  if (event.repeat) return false; // a key held down is one key
  if (event.code === "Space") return grid.markFramed(), true;
  const shifted = event.shiftKey && shiftCommands(parts)[event.key.toLowerCase()];
  if (shifted) return shifted(), true;
  const cls = classOf(event, client.classes);
  if (cls) return actions.assign(cls.id), true;
  if (event.key === "Enter") return !isOnButton(event) && (actions.accept(), true);
  const command = commands(parts)[event.key.toLowerCase()];
  command?.();
  return Boolean(command);
}

/**
 * @param {Parts} parts
 * @returns {Commands}
 */
function shiftCommands({ actions, map, layoutModes, grid, groups, selectBy, history, training, samples }) {
  return {
    z: () => actions.step("redo"),
    f: () => map.fit(),
    g: () => layoutModes.turn(),
    k: () => groups.isOpen && groups.join(),
    s: () => selectBy.similar(),
    i: () => selectBy.island(),
    d: () => map.toolbar.turnDomains(),
    h: () => history.toggle(),
    t: () => training.toggle(),
    r: () => samples.toggleReal(),
    u: () => grid.openPile("unsure"),
    j: () => grid.openPile("junk"),
    x: () => grid.openPile("skip"),
    l: () => grid.openPile("labelled"),
  };
}

/**
 * @param {Parts} parts
 * @returns {Commands}
 */
function commands(parts) {
  const { actions, map, grid, groups, gridPanel, menu, sheet, client, chips } = parts;
  return {
    u: () => actions.put("unsure"),
    j: () => actions.put("junk"),
    x: () => actions.put("skip"),
    backspace: () => actions.put("clear"),
    delete: () => actions.put("clear"),
    z: () => actions.step("undo"),
    p: () => actions.pause(),
    g: () => grid.toggle(),
    k: () => groups.isOpen ? groups.split() : client.say("K splits a group: open Groups with ⇧G."),
    s: () => menu.toggle(),
    m: () => map.reveal(client.focus),
    v: () => map.setTool("move"),
    l: () => map.setTool("lasso"),
    b: () => map.setTool("box"),
    n: () => chips.openBox(true),
    "/": () => chips.openBox(false),
    ".": () => gridPanel.cycle(),
    pagedown: () => grid.turn(1),
    pageup: () => grid.turn(-1),
    escape: () => leave(parts),
    "+": () => map.zoom(1.5),
    "=": () => map.zoom(1.5),
    "-": () => map.zoom(1 / 1.5),
    "−": () => map.zoom(1 / 1.5),
    "?": () => sheet.open(),
  };
}

/**
 * Escape: the innermost thing that can be left.
 * @param {Parts} parts
 */
function leave({ order, menu, grid, map }) {
  if (closePopover() || order.close() || menu.close() || grid.unmark()) return;
  if (grid.isOpen) grid.close();
  else map.escape();
}

/**
 * The class of a key; a digit also by its place, since French keyboards need Shift for digits. With
 * Shift a letter is a command, never a class.
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey">} event
 * @param {import("../shared/api.js").LookedClass[]} classes
 */
export function classOf(event, classes) {
  const pressed = event.key.toLowerCase();
  if (event.shiftKey && /^\p{L}$/u.test(pressed)) return undefined;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const given = classes.filter((cls) => cls.id >= 0 && cls.key);
  return given.find((cls) => cls.key === pressed)
    ?? (event.shiftKey || !/\d/.test(pressed) ? given.find((cls) => digit && cls.key === digit) : undefined);
}

/** The dialog with all keys. */
export class KeySheet {
  /**
   * @param {HTMLElement} desk
   * @param {import("../session/session_client.js").SessionClient} client
   */
  constructor(desk, client) {
    this.client = client;
    this.rows = h("div.keys");
    const close = h("button.btn", { onclick: () => this.dialog.close() }, "Close", key("Esc"));
    this.dialog = h("dialog.sheet", { "data-testid": "key-sheet", "aria-label": "Keys" },
      h("div.h", {}, "Keys", h("span.sp"), close), this.rows);
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    desk.append(this.dialog);
  }

  client;
  rows;
  dialog;

  get isOpen() {
    return this.dialog.open;
  }

  open() {
    this.rows.replaceChildren(...this.#groups().map(([title, rows]) => h("div.key-group", {}, h("h3", {}, title),
      h("dl", {}, ...rows.map(([keys, text]) => h("div.key-row", {}, h("dt", {}, ...keys.map((name) => key(name))), h("dd", {}, text)))))));
    this.dialog.showModal();
  }

  /** @returns {[title: string, rows: [keys: string[], text: string][]][]} */
  #groups() {
    return [
      ["Label", [
        [[keyRange(this.client.classes)], "label the selection, or the framed image"],
        [["↵"], "accept the model's guess"],
        [["U"], "unsure: kept, but not learned from"],
        [["X"], "skip: it comes back later"],
        [["J"], "junk: out of training and export"],
        [["⌫"], "take back what was said of it"],
        [["←", "↑", "↓", "→"], "frame another image"],
        [["Z"], "undo (⇧Z redo)"],
        [["⇧", "H"], "all that was done; go back to any step"],
      ]],
      ["Classes", [
        [["N"], "a new class, and the label with it"],
        [["/"], "find a class by its name"],
        [["↓"], "on a chip: rename, recolour, move, merge, delete"],
      ]],
      ["Many at once", [
        [["G"], "large grid: the selection, or 48 of the queue"],
        [["↵"], "there: accept all that are not marked"],
        [["Space"], "there: mark the framed image"],
        [["."], "there: give all the rest one class"],
        [["PgDn"], "there: the next page (PgUp back)"],
        [["⇧", "U"], "what is unsure (⇧X skipped, ⇧J junk, ⇧L labelled)"],
        [["⇧", "G"], "one at a time, as a card; groups; again: the grid"],
        [["K"], "groups: split the framed one in two (⇧K join again)"],
      ]],
      ["Map", [
        [["L"], "lasso (⇧ adds, Alt removes)"],
        [["B"], "box"],
        [["V"], "move (or hold Space)"],
        [["S"], "select by likeness, class or doubt"],
        [["⇧", "S"], "select what is most similar; again: more"],
        [["⇧", "I"], "select the island around the framed image"],
        [["⇧", "D"], "colour by domain, and back"],
        [["M"], "show the framed image"],
        [["+", "−"], "zoom (⇧F all of it)"],
        [["Esc"], "clear the selection, close what is open"],
      ]],
      ["Training", [
        [["P"], "pause or resume"],
        [["⇧", "T"], "how it goes, and when it trains"],
        [["⇧", "R"], "beside each drawing, the real image nearest to it; again: all drawings"],
      ]],
    ];
  }
}
