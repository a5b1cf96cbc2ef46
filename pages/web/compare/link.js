/** What of the page's state is in its address, so that a link shows the same. Pure. */

const VIEWS = /** @type {const} */ (["difference", "plain"]);
const PANELS = /** @type {const} */ (["bound", "confusion"]);

/**
 * @typedef {object} Link
 * @property {string | null} member id of the one that the panels below are about
 * @property {number | null} labels that all members had; null for all
 * @property {typeof VIEWS[number]} view of drawings and confusion
 * @property {typeof PANELS[number]} panel
 */

/**
 * @param {string} search "?session=..&labels=50"
 * @returns {Link}
 */
export function readLink(search) {
  const found = new URLSearchParams(search);
  const labels = Number(found.get("labels"));
  return {
    member: found.get("member"), labels: Number.isInteger(labels) && labels > 0 ? labels : null,
    view: VIEWS.find((view) => view === found.get("view")) ?? "difference",
    panel: PANELS.find((panel) => panel === found.get("panel")) ?? "bound",
  };
}

/**
 * The address's query with this state in it; what is the page's habit is left out.
 * @param {string} search
 * @param {Link} link
 */
export function writeLink(search, { member, labels, view, panel }) {
  const query = new URLSearchParams(search);
  const values = { member, labels: labels === null ? null : String(labels),
    view: view === "difference" ? null : view, panel: panel === "bound" ? null : panel };
  for (const [name, value] of Object.entries(values)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return query.size ? `?${query}` : "";
}
