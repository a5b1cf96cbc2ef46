/**
 * Draws the inside of a box anew: neither the focus in it is lost, nor a press that is still to be a click.
 *
 * Between a press and its release a browser makes a click only of what is still there: a button that is
 * replaced meanwhile, since an answer of the server came, would do nothing.
 */

const FOCUSABLE = "button, input, select, a[href], [tabindex]";
const LISTS = "select"; // whose own list may take the release: nothing would end the press

/** @type {EventTarget[]} */
let pressed = []; // by a pointer or the space bar: the element, and all that it stands in
/** @type {Map<HTMLElement, () => void>} */
const waiting = new Map(); // a box, and how it is to look

/**
 * Draws at once, or after the release where something in the box is pressed; of several drawings the last.
 * The focus goes to what has the same test id (else the same value, else the same place) afterwards.
 * @param {HTMLElement} box
 * @param {() => void} draw
 */
export function redraw(box, draw) {
  if (pressed.includes(box)) return void waiting.set(box, draw);
  waiting.delete(box);
  const root = /** @type {ShadowRoot} */ (box.getRootNode());
  const had = root.activeElement;
  const all = () => /** @type {HTMLElement[]} */ ([...box.querySelectorAll(FOCUSABLE)]);
  const place = had instanceof HTMLElement && box.contains(had) ? all().indexOf(had) : -1;
  const { scrollTop } = box;
  draw();
  box.scrollTop = scrollTop;
  if (place < 0 || !(had instanceof HTMLElement) || had.isConnected || box.contains(root.activeElement)) return;
  const now = all();
  const same = now.find((one) => nameOf(one) !== "" && nameOf(one) === nameOf(had));
  (same ?? now[Math.min(place, now.length - 1)])?.focus({ preventScroll: true });
}

/** @param {HTMLElement} one */
function nameOf(one) {
  const { testid = "", op = "" } = one.dataset;
  return [testid, op, one instanceof HTMLInputElement ? one.value : ""].join(" ").trim();
}

/** @param {Event} event */
function press(event) {
  const path = event.composedPath();
  pressed = path.some((one) => one instanceof Element && one.matches(LISTS)) ? [] : path;
}

/** The click comes in the same turn as the release: what waits is drawn in the next one. */
function release() {
  pressed = [];
  setTimeout(() => {
    for (const [box, draw] of [...waiting]) redraw(box, draw);
  });
}

/** @param {KeyboardEvent} event */
const isSpace = (event) => event.key === " " && !event.repeat;

/** @param {Window} page */
export function watchPresses(page) {
  page.addEventListener("pointerdown", press, true);
  page.addEventListener("keydown", (event) => isSpace(event) && press(event), true);
  for (const name of ["pointerup", "pointercancel", "blur"]) page.addEventListener(name, release, true);
  page.addEventListener("keyup", (event) => event.key === " " && release(), true);
  // A release outside the window is not told: the pointer comes back without a button.
  page.addEventListener("pointermove", (event) => event.buttons === 0 && pressed.length && release(), true);
}

if (typeof document !== "undefined") watchPresses(window);
