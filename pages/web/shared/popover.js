// @ts-nocheck (its types are not written yet)
/** A floating panel over the desk: one at a time, closed by Esc or a click elsewhere. */

import { h } from "./dom.js";

const GAP = 6; // px between the panel and what opened it
const EDGE = 16; // px between the panel and the edge of the desk

let current = null;

/** Closes the open popover, if there is one; true if there was. */
export function closePopover() {
  const was = current;
  was?.close();
  return was !== null;
}

export class Popover {
  /** `holdsKeys`: no key pressed inside reaches the desk (menus); otherwise only what buttons use. */
  constructor(spec, { label, testid, holdsKeys = true, onClose = () => {} }, ...children) {
    this.element = h(`div.pop.${spec}`, { role: "dialog", "aria-label": label, "data-testid": testid,
      tabindex: "-1", onkeydown: (event) => this.#onKey(event) }, ...children);
    this.#holdsKeys = holdsKeys;
    this.#onClose = onClose;
  }

  #holdsKeys;
  #onClose;
  #anchor = null;
  #before = null; // what had the focus

  get isOpen() {
    return current === this;
  }

  /** Opens beside `anchor`; `above` it for the status line, `right` to end where it ends. */
  open(anchor, { above = false, right = false, focus = this.element } = {}) {
    closePopover();
    const desk = anchor.closest(".desk");
    this.#anchor = anchor;
    const before = desk.getRootNode().activeElement; // what a click has focused would swallow Enter
    this.#before = before?.matches(":focus-visible") ? before : null;
    desk.append(this.element);
    current = this;
    this.#place(desk, { above, right });
    window.addEventListener("pointerdown", this.#outside, true);
    anchor.setAttribute("aria-expanded", "true");
    focus.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    current = null;
    window.removeEventListener("pointerdown", this.#outside, true);
    this.#anchor.setAttribute("aria-expanded", "false");
    const root = this.element.getRootNode();
    const hadFocus = this.element.contains(root.activeElement);
    this.element.remove();
    if (hadFocus) this.#before?.focus?.({ preventScroll: true });
    this.#onClose();
  }

  toggle(anchor, options) {
    if (this.isOpen) this.close();
    else this.open(anchor, options);
  }

  #place(desk, { above, right }) {
    const [box, at] = [desk.getBoundingClientRect(), this.#anchor.getBoundingClientRect()];
    const { style, offsetWidth: width } = this.element;
    const wanted = right ? at.right - width : at.left;
    style.left = `${Math.max(EDGE, Math.min(wanted, box.right - width - EDGE)) - box.left}px`;
    if (above) style.bottom = `${box.bottom - at.top + GAP}px`;
    else style.top = `${at.bottom - box.top + GAP}px`;
    const room = above ? at.top - box.top : box.bottom - at.bottom;
    style.maxHeight = `${room - GAP - EDGE}px`;
  }

  #outside = (event) => {
    const path = event.composedPath();
    if (!path.includes(this.element) && !path.includes(this.#anchor)) this.close();
  };

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

  /** Tab goes round within the panel: Esc leaves it. */
  #keepInside(event) {
    const all = [...this.element.querySelectorAll("button, input, select, a[href]")].filter((one) =>
      one.checkVisibility() && !one.disabled && one.tabIndex >= 0);
    const here = this.element.getRootNode().activeElement;
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (here !== from && here !== this.element) return;
    event.preventDefault();
    to?.focus();
  }

  /** Up and down go through the rows of a list. */
  #walk(event) {
    const rows = [...this.element.querySelectorAll("[data-row]")];
    if (!rows.length || event.defaultPrevented) return;
    event.preventDefault();
    const here = rows.indexOf(this.element.getRootNode().activeElement);
    const step = event.key === "ArrowDown" ? 1 : -1;
    rows[(here + step + rows.length) % rows.length]?.focus();
  }
}
