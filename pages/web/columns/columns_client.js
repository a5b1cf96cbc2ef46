/** What the app says of the columns of rows of numbers, read once each. No DOM. */

const MOST_ROWS = 300; // that are kept
const MOST_COLUMNS = 40;

/** @typedef {import("../shared/api.js").ColumnsAnswer} ColumnsAnswer */
/** @typedef {import("../shared/api.js").ColumnsRowAnswer} ColumnsRowAnswer */
/** @typedef {import("../shared/api.js").ParallelAnswer} ParallelAnswer */
/** @typedef {Pick<import("../session/session_client.js").SessionClient, "api">} HasApi */

export class ColumnsClient {
  /** @param {HasApi} client */
  constructor(client) {
    this.client = client;
  }

  client;
  /** @type {ColumnsAnswer | null} */
  about = null; // until it is read
  /** @type {Map<number, ColumnsRowAnswer>} */
  #rows = new Map();
  /** @type {Map<number, Float32Array>} */
  #values = new Map();

  /** Which columns there are. */
  async read() {
    this.about ??= /** @type {ColumnsAnswer} */ (await this.client.api.get("columns"));
    return this.about;
  }

  /**
   * A row that was read before, or null.
   * @param {number} example
   */
  peek(example) {
    return this.#rows.get(example) ?? null;
  }

  /** @param {number} example */
  async row(example) {
    const known = this.#rows.get(example);
    if (known) return known;
    const row = /** @type {ColumnsRowAnswer} */ (await this.client.api.get(`columns/row?example=${example}`));
    if (this.#rows.size >= MOST_ROWS) this.#rows.clear();
    this.#rows.set(example, row);
    return row;
  }

  /**
   * The values of a column for every example, NaN where missing.
   * @param {number} column
   */
  async values(column) {
    const known = this.#values.get(column);
    if (known) return known;
    const values = new Float32Array((await this.client.api.array(`columns/values?column=${column}`)).buffer);
    if (this.#values.size >= MOST_COLUMNS) this.#values.clear();
    this.#values.set(column, values);
    return values;
  }

  /**
   * @param {number[]} examples
   * @param {number | null} cls whose drawings are shown beside them; null for other rows
   * @returns {Promise<ParallelAnswer>}
   */
  parallel(examples, cls) {
    return /** @type {Promise<ParallelAnswer>} */ (this.client.api.post("columns/parallel", { examples, class: cls }));
  }
}

/**
 * The place of the column that a person means: by its name, in any case, or the one name that begins so.
 * @param {string[]} names
 * @param {string} said
 * @returns {number | null}
 */
export function columnCalled(names, said) {
  const wanted = said.trim().toLowerCase();
  if (!wanted) return null;
  const whole = names.findIndex((name) => name.toLowerCase() === wanted);
  if (whole >= 0) return whole;
  const begin = names.flatMap((name, k) => (name.toLowerCase().startsWith(wanted) ? [k] : []));
  return begin.length === 1 ? begin[0] : null;
}

/**
 * A value with as many digits as tell it from others.
 * @param {number | null} value
 */
export function inUnits(value) {
  if (value === null || Number.isNaN(value)) return "missing";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return value.toExponential(2);
  return String(Number(value.toPrecision(size >= 100 ? 5 : 4)));
}
