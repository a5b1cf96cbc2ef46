/** A floating panel over the page: one at a time, closed by Esc or a click elsewhere. */

import { focusedBeside, h } from "./dom.js";

const GAP = 6; // px between the panel and what opened it
const EDGE = 16; // px between the panel and the edge of the page

/** @type {Popover | null} */
let current = null;

/** Closes the open popover, if there is one; true if there was. */
export function closePopover() {
  const was = current;
  was?.close();
  return was !== null;
}

/**
 * @typedef {object} OpenOptions
 * @property {boolean} [above]
 * @property {boolean} [right]
 * @property {HTMLElement} [focus] what gets the focus; the panel itself if left out
 */

export class Popover {
  /**
   * `holdsKeys`: no key pressed inside reaches the page (menus); otherwise only what buttons use.
   * @param {string} spec its classes, "runs"
   * @param {{label: string, testid: string, holdsKeys?: boolean, onClose?: () => void}} options
   * @param {(string | Node | null | undefined)[]} children
   */
  constructor(spec, { label, testid, holdsKeys = true, onClose = () => {} }, ...children) {
    this.element = h(`div.pop.${spec}`, { role: "dialog", "aria-label": label, "data-testid": testid,
      tabindex: "-1", onkeydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event) }, ...children);
    this.#holdsKeys = holdsKeys;
    this.#onClose = onClose;
  }

  element;
  #holdsKeys;
  #onClose;
  /** @type {HTMLElement | null} */
  #anchor = null;
  /** @type {HTMLElement | null} */
  #before = null; // what had the focus

  get isOpen() {
    return current === this;
  }

  /**
   * Opens beside `anchor`; `above` it for the status line, `right` to end where it ends.
   * @param {HTMLElement} anchor
   * @param {OpenOptions} options
   */
  open(anchor, { above = false, right = false, focus = this.element } = {}) {
    closePopover();
    const root = /** @type {HTMLElement} */ (anchor.closest(".desk"));
    this.#anchor = anchor;
    const before = focusedBeside(root); // what a click has focused would swallow Enter
    this.#before = before?.matches(":focus-visible") ? before : null;
    root.append(this.element);
    current = this;
    this.#place(root, anchor, { above, right });
    window.addEventListener("pointerdown", this.#outside, true);
    anchor.setAttribute("aria-expanded", "true");
    focus.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    current = null;
    window.removeEventListener("pointerdown", this.#outside, true);
    this.#anchor?.setAttribute("aria-expanded", "false");
    const hadFocus = this.element.contains(focusedBeside(this.element));
    this.element.remove();
    if (hadFocus) this.#before?.focus({ preventScroll: true });
    this.#onClose();
  }

  /**
   * @param {HTMLElement} anchor
   * @param {OpenOptions} [options]
   */
  toggle(anchor, options) {
    if (this.isOpen) this.close();
    else this.open(anchor, options);
  }

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} anchor
   * @param {{above: boolean, right: boolean}} side
   */
  #place(root, anchor, { above, right }) {
    const [box, at] = [root.getBoundingClientRect(), anchor.getBoundingClientRect()];
    const { style, offsetWidth: width } = this.element;
    const wanted = right ? at.right - width : at.left;
    style.left = `${Math.max(EDGE, Math.min(wanted, box.right - width - EDGE)) - box.left}px`;
    if (above) style.bottom = `${box.bottom - at.top + GAP}px`;
    else style.top = `${at.bottom - box.top + GAP}px`;
    const room = above ? at.top - box.top : box.bottom - at.bottom;
    style.maxHeight = `${room - GAP - EDGE}px`;
  }

  #outside = (/** @type {PointerEvent} */ event) => {
    const path = event.composedPath();
    if (!path.includes(this.element) && !(this.#anchor && path.includes(this.#anchor))) this.close();
  };

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const isForUs = ["Enter", " ", "Escape"].includes(event.key) || event.key.startsWith("Arrow");
    if (this.#holdsKeys || isForUs) event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "Tab") {
      this.#keepInside(event);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#walk(event);
    }
  }

  /**
   * Tab goes round within the panel: Esc leaves it.
   * @param {KeyboardEvent} event
   */
  #keepInside(event) {
    /** @type {NodeListOf<HTMLButtonElement | HTMLInputElement | HTMLSelectElement | HTMLAnchorElement>} */
    const found = this.element.querySelectorAll("button, input, select, a[href]");
    const all = [...found].filter((one) => one.checkVisibility() && !("disabled" in one && one.disabled) && one.tabIndex >= 0);
    const here = focusedBeside(this.element);
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (here !== from && here !== this.element) return;
    event.preventDefault();
    to?.focus();
  }

  /**
   * Up and down go through the rows of a list.
   * @param {KeyboardEvent} event
   */
  #walk(event) {
    const rows = [.../** @type {NodeListOf<HTMLElement>} */ (this.element.querySelectorAll("[data-row]"))];
    if (!rows.length || event.defaultPrevented) return;
    event.preventDefault();
    const here = rows.findIndex((row) => row === focusedBeside(this.element));
    const step = event.key === "ArrowDown" ? 1 : -1;
    rows[(here + step + rows.length) % rows.length]?.focus();
  }
}
