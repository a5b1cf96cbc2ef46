/** Small builders of elements, shared by the panels. */

import { lookOf } from "./class_colours.js";

/**
 * An element: h("div.row", {title: "..", onclick: f, "data-testid": "x"}, "text", child).
 * The first argument is "tag.class.class"; null children are left out.
 *
 * @template {string} Spec
 * @param {Spec} spec
 * @param {import("./elements.js").Props} props
 * @param {(string | Node | null | undefined)[]} children
 * @returns {ElementOf<Spec>}
 */
export function h(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return /** @type {ElementOf<Spec>} */ (element);
}

/**
 * The type of the element that a spec names: HTMLButtonElement for "button.btn.small".
 *
 * @template {string} Spec
 * @typedef {(Spec extends `${infer Tag}.${string}` ? Tag : Spec) extends infer Tag extends keyof HTMLElementTagNameMap
 *   ? HTMLElementTagNameMap[Tag] : HTMLElement} ElementOf
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * The same in SVG: svg("line", {x1: 0}); attributes that are null are left out.
 *
 * @param {string} tag
 * @param {Record<string, string | number | null>} attributes
 * @param {(string | Node)[]} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {any} value
 */
function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "style") element.style.cssText = value;
  else element.setAttribute(name, value === true ? "" : value);
}

/**
 * An icon of Material Symbols Rounded, which Streamlit's page has loaded.
 * @param {string} name
 */
export function icon(name) {
  return h("span.ms", { "aria-hidden": "true" }, name);
}

/**
 * The square with a class's glyph; size is "" (18 px) or "l" (24 px).
 * @param {import("./api.js").ClassInfo & {look?: import("./api.js").ClassLook}} cls
 */
export function glyph(cls, size = "") {
  const { fill, ink, isHollow } = lookOf(cls);
  const box = h(`span.g${size ? `.${size}` : ""}${isHollow ? ".hollow" : ""}`, {}, cls.glyph);
  box.style[isHollow ? "borderColor" : "background"] = fill;
  box.style.color = ink;
  if (cls.name !== cls.glyph) {
    box.setAttribute("role", "img"); // "sk" is read out as the name it stands for
    box.setAttribute("aria-label", cls.name);
  }
  return box;
}

/**
 * The same beside the class's name, which is not read out twice then.
 * @param {import("./api.js").ClassInfo & {look?: import("./api.js").ClassLook}} cls
 */
export function namedGlyph(cls, size = "") {
  const box = glyph(cls, size);
  if (cls.name !== cls.glyph) box.setAttribute("aria-hidden", "true");
  return box;
}

/**
 * The mark of an example that has no class but a state: "unsure", "junk" or "skip".
 * @param {"unsure" | "junk" | "skip"} kind
 */
export function stateMark(kind) {
  const [sign, title] = { unsure: ["?", "unsure"], junk: ["×", "junk"], skip: ["→", "skipped"] }[kind];
  return h(`span.g.state.${kind}`, { title }, sign);
}

/** A tile for an image: {element, canvas}. The ground is not the canvas's own: it stays as the ink is inverted. */
export function picture(spec = "") {
  const canvas = h("canvas");
  return { canvas, element: h(`span.tl${spec}`, {}, canvas) };
}

/**
 * What draws on a canvas.
 * @param {HTMLCanvasElement} canvas
 */
export function context(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/** @param {string} text */
export function key(text) {
  return h("kbd", {}, text);
}

/**
 * Writes text only when it differs, so that screen readers and selections are left in peace.
 * @param {Node} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Shows or hides without leaving a gap.
 * @param {HTMLElement} element
 * @param {boolean} visible
 */
export function show(element, visible) {
  element.hidden = !visible;
}

/**
 * A button may be disabled only with a reason, which its tooltip then says. It stays focusable and
 * hoverable (aria-disabled), since browsers show no tooltip on a truly disabled one.
 *
 * @param {HTMLElement} button
 * @param {boolean} enabled
 * @param {string} title why not, or what it does
 */
export function enable(button, enabled, title) {
  button.setAttribute("aria-disabled", String(!enabled));
  button.classList.toggle("off", !enabled);
  button.title = title;
}

/**
 * What has the focus in the page of `element`, which stands in a shadow root; null if nothing there has.
 * @param {Node} element
 */
export function focusedBeside(element) {
  const { activeElement } = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  return activeElement instanceof HTMLElement ? activeElement : null;
}

/**
 * The first element in a box that a selector fits; null without one.
 * @param {ParentNode} box
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function find(box, selector) {
  return box.querySelector(selector);
}

/** @param {Element} button */
export function isEnabled(button) {
  return button.getAttribute("aria-disabled") !== "true";
}

/**
 * Lets go of a list that a pointer has chosen from: arrows and class keys mean the desk again. Whoever
 * came by Tab stays on it, and leaves by Tab.
 * @param {HTMLSelectElement} select
 */
export function letGo(select) {
  if (!select.matches(":focus-visible")) select.blur();
}

/**
 * Arrows go through the elements of a group, which is one stop of the Tab key: left and right in the order in
 * which they are read, up and down to the nearest one there.
 * @param {HTMLElement} group
 * @param {string} selector of its elements
 * @param {(reached: HTMLElement) => void} then
 */
export function walkByArrows(group, selector, then = () => {}) {
  group.addEventListener("keydown", (event) => {
    const all = /** @type {HTMLElement[]} */ ([...group.querySelectorAll(selector)]);
    const here = all.indexOf(/** @type {HTMLElement} */ (event.composedPath()[0]));
    if (here < 0 || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    event.stopPropagation();
    const next = neighbour(all, here, event.key);
    for (const one of all) one.tabIndex = one === next ? 0 : -1;
    next.focus();
    then(next);
  });
}

/**
 * @param {HTMLElement[]} all
 * @param {number} here
 * @param {string} arrow
 */
function neighbour(all, here, arrow) {
  const step = arrow === "ArrowRight" || arrow === "ArrowDown" ? 1 : -1;
  if (arrow === "ArrowUp" || arrow === "ArrowDown") {
    const middle = (/** @type {HTMLElement} */ one) => {
      const { left, top, width, height } = one.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const [x, y] = middle(all[here]);
    const away = all.map((one) => ({ one, at: middle(one) })).filter(({ at }) => step * (at[1] - y) > 8)
      .map(({ one, at }) => ({ one, distance: Math.abs(at[1] - y) + Math.abs(at[0] - x) }));
    if (away.length) return away.reduce((best, other) => (other.distance < best.distance ? other : best)).one;
  }
  return all[(here + step + all.length) % all.length];
}

/**
 * "7 to 9" of a list of keys, "0 to 9": how the hints name the class keys.
 * @param {import("./api.js").ClassInfo[]} classes
 */
export function keyRange(classes) {
  const keys = classes.map((cls) => cls.key.toUpperCase()).filter(Boolean);
  if (!keys.length) return "a class key";
  if (keys.length === 1) return keys[0];
  return `${keys[0]} to ${keys[keys.length - 1]}`;
}
