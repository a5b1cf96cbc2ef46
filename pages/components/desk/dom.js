/** Small builders of elements, shared by the panels. */

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
  const box = h(`span.g${size ? `.${size}` : ""}`, {}, cls.glyph);
  box.style.background = `var(--c${cls.id % 10})`;
  box.style.color = `var(--on${cls.id % 10})`;
  return box;
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
  if (!classes.length) return "a class key";
  if (classes.length === 1) return classes[0].key;
  return `${classes[0].key} to ${classes[classes.length - 1].key}`;
}
