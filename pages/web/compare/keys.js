/** The keys of the Compare page. */

const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];

/**
 * What the keys reach.
 * @typedef {object} Parts
 * @property {import("../session/session_client.js").SessionClient} client
 * @property {import("./compare_view.js").CompareView} view
 * @property {import("../session/actions.js").Actions} actions
 * @property {(member: import("./answers.js").Member, by: number) => void} move
 * @property {Pick<import("./disagreements_panel.js").DisagreementsPanel, "move" | "give">} disagreements
 */

/**
 * Listens on the window until the returned function is called.
 * @param {Parts} parts
 */
export function listenToKeys(parts) {
  const down = (/** @type {KeyboardEvent} */ event) => {
    const [at] = event.composedPath();
    const tag = at instanceof Element ? at.tagName : "";
    if (FIELDS.includes(tag) && !(isSlider(at) && !isSliderKey(event.key)) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (onKey(event, parts)) event.preventDefault();
  };
  window.addEventListener("keydown", down);
  return () => window.removeEventListener("keydown", down);
}

/** @param {EventTarget} at */
const isSlider = (at) => at instanceof HTMLInputElement && at.type === "range";

/** @param {string} key */
const isSliderKey = (key) => key.startsWith("Arrow") || ["Home", "End", "PageUp", "PageDown"].includes(key);

/**
 * True if the key meant something here.
 * @param {{key: string, shiftKey: boolean, repeat: boolean}} event
 * @param {Parts} parts
 */
export function onKey({ key, shiftKey, repeat }, { client, view, actions, disagreements, move }) {
  const pressed = key.toLowerCase();
  if (shiftKey && (pressed === "arrowright" || pressed === "arrowleft")) return view.chosen && move(view.chosen, pressed === "arrowright" ? 1 : -1), true;
  if (pressed === "arrowright" || pressed === "arrowleft") return disagreements.move(pressed === "arrowright" ? 1 : -1);
  if (repeat) return false;
  const cls = client.classes.find(({ key: its }) => its && its.toLowerCase() === pressed);
  if (cls) return disagreements.give(cls.id), true;
  if (pressed === "z") return actions.step(shiftKey ? "redo" : "undo"), true;
  if (pressed === "v") return view.set({ view: view.isDifference ? "plain" : "difference" }), true;
  if (pressed === "p") return void actions.pause(), true;
  if (pressed === "f" && shiftKey) return view.maps.fit(), true;
  if (pressed === "escape" && (client.selection.size || client.focus !== null)) {
    if (client.selection.size) client.setSelection([]);
    else client.setFocus(null);
    return true;
  }
  return false;
}
