/** Small builders of elements, shared by the panels. */

import { lookOf } from "./class_colours.js";

/**
 * An element: h("div.row", {title: "..", onclick: f, "data-testid": "x"}, "text", child).
 * The first argument is "tag.class.class"; null children are left out.
 *
 * @param {string} spec
 * @param {Record<string, any>} props
 * @param {(string | Node | null | undefined)[]} children
 * @returns {HTMLElement}
 */
export function h(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

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

/** @param {Element} button */
export function isEnabled(button) {
  return button.getAttribute("aria-disabled") !== "true";
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
