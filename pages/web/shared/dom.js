// @ts-nocheck (its types are not written yet)
/** Small builders of elements, shared by the panels. */

import { lookOf } from "./class_colours.js";

/**
 * An element: h("div.row", {title: "..", onclick: f, "data-testid": "x"}, "text", child).
 * The first argument is "tag.class.class"; null children are left out.
 */
export function h(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "style") element.style.cssText = value;
  else element.setAttribute(name, value === true ? "" : value);
}

/** An icon of Material Symbols Rounded, which Streamlit's page has loaded. */
export function icon(name) {
  return h("span.ms", { "aria-hidden": "true" }, name);
}

/** The square with a class's glyph; size is "" (18 px) or "l" (24 px). */
export function glyph(cls, size = "") {
  const { fill, ink, isHollow } = lookOf(cls);
  const box = h(`span.g${size ? `.${size}` : ""}${isHollow ? ".hollow" : ""}`, {}, cls.glyph);
  box.style[isHollow ? "borderColor" : "background"] = fill;
  box.style.color = ink;
  return box;
}

/** The mark of an example that has no class but a state: "unsure", "junk" or "skip". */
export function stateMark(kind) {
  const [sign, title] = { unsure: ["?", "unsure"], junk: ["×", "junk"], skip: ["→", "skipped"] }[kind];
  return h(`span.g.state.${kind}`, { title }, sign);
}

/** A tile for an image: {element, canvas}. The ground is not the canvas's own: it stays as the ink is inverted. */
export function picture(spec = "") {
  const canvas = h("canvas");
  return { canvas, element: h(`span.tl${spec}`, {}, canvas) };
}

export function key(text) {
  return h("kbd", {}, text);
}

/** Writes text only when it differs, so that screen readers and selections are left in peace. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows or hides without leaving a gap. */
export function show(element, visible) {
  element.hidden = !visible;
}

/**
 * A button may be disabled only with a reason, which its tooltip then says. It stays focusable and
 * hoverable (aria-disabled), since browsers show no tooltip on a truly disabled one.
 */
export function enable(button, enabled, title) {
  button.setAttribute("aria-disabled", String(!enabled));
  button.classList.toggle("off", !enabled);
  button.title = title;
}

export function isEnabled(button) {
  return button.getAttribute("aria-disabled") !== "true";
}

/** "7 to 9" of a list of keys, "0 to 9": how the hints name the class keys. */
export function keyRange(classes) {
  const keys = classes.map((cls) => cls.key.toUpperCase()).filter(Boolean);
  if (!keys.length) return "a class key";
  if (keys.length === 1) return keys[0];
  return `${keys[0]} to ${keys[keys.length - 1]}`;
}
