/**
 * What each class looks like: a colour of its own if a person gave it one, otherwise by its id, so
 * that no other class being moved, merged or deleted ever changes it.
 *
 * Ids 10 to 19 have the ten colours once more, as a hollow mark. Later ids take a place that has
 * become free; where there is none, the class is grey and is told by its glyph alone.
 */

const COLOURS = 10;
const PLACES = 2 * COLOURS; // filled, then hollow
const DARK = "#14151A"; // ink on light colours
const LIGHT = "#FFFFFF";

/**
 * The classes of a state, each with its `look` {fill, ink: CSS colours, isHollow}.
 * @param {import("./api.js").ClassInfo[]} classes
 * @returns {import("./api.js").LookedClass[]}
 */
export function withLooks(classes) {
  const taken = new Set(classes.filter((cls) => cls.id < PLACES).map((cls) => cls.id));
  const free = Array.from({ length: PLACES }, (_, k) => k).filter((k) => !taken.has(k));
  const isLate = (/** @type {number} */ id) => id < 0 || id >= PLACES; // below 0: a class that the server has not stored yet
  const late = classes.map((cls) => cls.id).filter(isLate).sort((a, b) => a - b);
  const placeOf = (/** @type {number} */ id) => (isLate(id) ? free[late.indexOf(id)] ?? null : id);
  return classes.map((cls) => ({ ...cls, look: cls.colour ? ownLook(cls.colour) : lookAt(placeOf(cls.id)) }));
}

/**
 * The look of a class on its own, where the others are not at hand.
 * @param {import("./api.js").ClassInfo & {look?: import("./api.js").ClassLook}} cls
 * @returns {import("./api.js").ClassLook}
 */
export function lookOf(cls) {
  return cls.look ?? withLooks([cls])[0].look;
}

/**
 * @param {number | null} place
 * @returns {import("./api.js").ClassLook}
 */
function lookAt(place) {
  if (place === null) return { fill: "var(--sunk)", ink: "var(--text)", isHollow: false, isGrey: true };
  const k = place % COLOURS;
  if (place >= COLOURS) return { fill: `var(--c${k})`, ink: "var(--text)", isHollow: true };
  return { fill: `var(--c${k})`, ink: `var(--on${k})`, isHollow: false };
}

/**
 * @param {string} colour
 * @returns {import("./api.js").ClassLook}
 */
function ownLook(colour) {
  return { fill: colour, ink: luminance(colour) > 0.2 ? DARK : LIGHT, isHollow: false };
}

/**
 * Relative luminance of "#2A7EE2", as WCAG defines it; above 0.2 dark ink has more contrast.
 * @param {string} colour
 */
function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
