/**
 * Which class names stand on the map, and which of them in full: a name where there is room for it,
 * else its glyph, else nothing. Pure: no network, no DOM.
 */

const HEIGHT = 26; // px between two captions, at least
const WIDEST = 180; // px: a longer name would cover its neighbours' dots
const SLACK = 8; // px that a name needs beside it to be written out; once written it may touch

/** @typedef {{id: number, x: number, y: number, glyph: number, name: number}} Caption its middle and two widths, in px */

/**
 * The captions in sight, {id, isFull}. The first ones have the places; no name takes that of a glyph.
 *
 * @param {Caption[]} captions the most important first
 * @param {number} width of the map, px: no name is cut off at its edge
 * @param {Set<number>} full whose names are written out now
 * @param {number | null} only the class that is looked at: it is there in any case
 * @returns {{id: number, isFull: boolean}[]}
 */
export function layOutCaptions(captions, width, full, only = null) {
  /** @type {Caption[]} */
  const placed = [];
  for (const caption of captions)
    if (caption.id === only || placed.every((other) => !meet(caption, caption.glyph, other, other.glyph))) placed.push(caption);
  /** @type {Set<number>} */
  const named = new Set();
  const widthOf = (/** @type {Caption} */ { id, name, glyph }) => (named.has(id) ? name : glyph);
  for (const caption of placed) {
    const { id, x, name } = caption;
    const slack = full.has(id) ? 0 : SLACK;
    const isInside = name <= WIDEST && x - name / 2 >= 0 && x + name / 2 <= width;
    const isFree = placed.every((other) => other === caption || !meet(caption, name + slack, other, widthOf(other)));
    if (isInside && (isFree || id === only)) named.add(id);
  }
  return placed.map(({ id }) => ({ id, isFull: named.has(id) }));
}

/**
 * @param {Caption} one
 * @param {number} width
 * @param {Caption} other
 * @param {number} otherWidth
 */
function meet(one, width, other, otherWidth) {
  return Math.abs(one.x - other.x) <= (width + otherWidth) / 2 && Math.abs(one.y - other.y) <= HEIGHT;
}
