/** The keys of the page: of the view on screen, of the map, of the tabs, and those of every page. */

import { classOf } from "../label/keys.js";

const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];
const SLIDER_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

/**
 * @typedef {import("./explore_page.js").Shared & {tabs: import("./tabs.js").Tabs,
 *   pointer: import("./under_pointer.js").UnderPointer, training: {toggle(): void}}} Parts
 */

/**
 * Listens on the window until the returned function is called.
 * @param {Parts} parts
 */
export function listenToKeys(parts) {
  const down = (/** @type {KeyboardEvent} */ event) => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!onKey(event, parts)) return;
    event.preventDefault();
    event.stopPropagation(); // the page around has keys of its own: R runs it again, and forgets the link
  };
  const up = (/** @type {KeyboardEvent} */ event) => event.code === "Space" && parts.map.pointer.setSpace(false);
  window.addEventListener("keydown", down, true); // before the page around
  window.addEventListener("keyup", up);
  return () => {
    window.removeEventListener("keydown", down, true);
    window.removeEventListener("keyup", up);
  };
}

/** @param {KeyboardEvent} event */
function targetOf(event) {
  return /** @type {HTMLElement} */ (event.composedPath()[0]);
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = targetOf(event);
  if (target instanceof HTMLInputElement && target.type === "range") return SLIDER_KEYS.includes(event.key);
  return FIELDS.includes(target.tagName) || target.isContentEditable;
}

/**
 * True if the key meant something here. A class key labels what is selected: else letters are commands.
 * @param {KeyboardEvent} event
 * @param {Parts} parts
 */
function onKey(event, { client, actions, map, hand, tabs, pointer, training }) {
  const pressed = event.key.toLowerCase();
  const isOnButton = targetOf(event).tagName === "BUTTON";
  if (isOnButton && (event.key === "Enter" || event.code === "Space")) return false;
  const cls = event.repeat ? undefined : classOf(event, client.classes);
  if (cls && (client.selection.size || /\d/.test(pressed))) return actions.assign(cls.id), true;
  if (tabs.view?.key?.(event)) return true;
  if (event.code === "Space") return map.pointer.setSpace(true), true;
  if (event.repeat) return false;
  if (event.shiftKey && pressed === "f") return map.fit(), true;
  if (event.shiftKey && pressed === "t") return training.toggle(), true;
  if (pressed === "z") return actions.step(event.shiftKey ? "redo" : "undo"), true;
  if (event.shiftKey && /^\p{L}$/u.test(pressed)) return false;
  /** @type {Record<string, () => unknown>} */
  const commands = {
    o: () => pointer.turnSheet(), p: () => actions.pause(), m: () => map.reveal(client.focus), escape: () => client.selection.size ? map.escape() : pointer.forget(),
    "+": () => map.zoom(1.5), "=": () => map.zoom(1.5), "-": () => map.zoom(1 / 1.5), "−": () => map.zoom(1 / 1.5),
  };
  if (commands[pressed]) return commands[pressed](), true;
  return hand.press(pressed) || tabs.press(pressed);
}
