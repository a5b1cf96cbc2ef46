/** Pictures side by side as they are saved: ink on paper where they are grey, in colour as they are. */

const GAP = 4; // px between two pictures, and around them
export const LABEL_HEIGHT = 22; // px under each picture, where it has words

/** @typedef {import("../shared/api.js").ImageShape} ImageShape */
/** @typedef {{x: number, y: number, width: number, height: number}} Place px */

/**
 * How many times as large pictures are saved: whole times, so that no pixel is smoothed.
 * @param {ImageShape} shape
 * @param {number} side px that the longer side comes near to
 */
export function scaleFor([height, width], side) {
  return Math.max(1, Math.round(side / Math.max(height, width)));
}

/**
 * The red, green, blue of one picture, enlarged.
 * @param {Uint8Array} pixels H * W * C
 * @param {ImageShape} shape
 * @param {number} scale
 */
export function enlarge(pixels, [height, width, channels], scale) {
  const out = new Uint8Array(3 * scale * scale * height * width);
  for (let y = 0, at = 0; y < height * scale; y++)
    for (let x = 0; x < width * scale; x++, at += 3) {
      const from = (Math.floor(y / scale) * width + Math.floor(x / scale)) * channels;
      for (let c = 0; c < 3; c++) out[at + c] = channels === 1 ? 255 - pixels[from] : pixels[from + c];
    }
  return out;
}

/**
 * The pictures of a row of bytes, one after the other.
 * @param {Uint8Array} pictures n * H * W * C
 * @param {ImageShape} shape
 */
export function each(pictures, [height, width, channels]) {
  const size = height * width * channels;
  return Array.from({ length: Math.floor(pictures.length / size) }, (_, k) => pictures.subarray(k * size, (k + 1) * size));
}

/**
 * Pictures one after the other in one row of bytes.
 * @param {Uint8Array[]} parts
 */
export function joined(parts) {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let place = 0;
  for (const part of parts) {
    out.set(part, place);
    place += part.length;
  }
  return out;
}

/**
 * Where each of n pictures stands on a sheet, and how large the sheet is.
 * @param {number} n
 * @param {ImageShape} shape
 * @param {{columns: number, scale: number, hasLabels?: boolean}} as
 */
export function layOutSheet(n, [height, width], { columns, scale, hasLabels = false }) {
  const [w, h] = [width * scale, height * scale];
  const [right, down] = [w + GAP, h + GAP + (hasLabels ? LABEL_HEIGHT : 0)];
  const across = Math.max(1, Math.min(columns, n));
  /** @type {Place[]} */
  const places = Array.from({ length: n }, (_, k) => ({
    x: GAP + (k % across) * right, y: GAP + Math.floor(k / across) * down, width: w, height: h,
  }));
  return { places, width: GAP + across * right, height: GAP + Math.ceil(n / across) * down };
}

/**
 * The sheet as SVG; every picture in it is a file of its own, and so needs no other.
 * @param {string[]} files their addresses, "data:image/png;base64,..."
 * @param {ReturnType<typeof layOutSheet>} sheet
 * @param {{labels?: string[], title: string}} words
 */
export function svgOf(files, { places, width, height }, { labels = [], title }) {
  const pictures = places.map((place, k) => {
    const picture = `<image x="${place.x}" y="${place.y}" width="${place.width}" height="${place.height}"`
      + ` style="image-rendering:pixelated" href="${files[k]}"/>`;
    const words = labels[k] ? `<text x="${place.x + place.width / 2}" y="${place.y + place.height + LABEL_HEIGHT - 6}">${escape(labels[k])}</text>` : "";
    return picture + words;
  });
  return [`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escape(title)}</title>`, '<rect width="100%" height="100%" fill="#fff"/>',
    '<g font-family="Source Sans 3, Source Sans Pro, sans-serif" font-size="14" text-anchor="middle" fill="#1a1b22">',
    ...pictures, "</g>", "</svg>", ""].join("\n");
}

/** @param {string} text */
function escape(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/**
 * A name for a file of what a person calls it: letters, digits and hyphens.
 * @param {string} words
 */
export function fileName(words) {
  return words.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "pictures";
}
