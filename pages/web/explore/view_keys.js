/** The keys of a view, while it is shown and nobody types. */

const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];

export class ViewKeys {
  /** @param {Record<string, () => void>} commands by key, in small letters */
  constructor(commands) {
    this.#commands = commands;
  }

  #commands;

  start() {
    window.addEventListener("keydown", this.#down, true);
  }

  stop() {
    window.removeEventListener("keydown", this.#down, true);
  }

  /** Before the page's own keys: a letter that means something here means nothing else. */
  #down = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    const isSlider = "type" in target && target.type === "range";
    if ((FIELDS.includes(target.tagName) && !isSlider) || target.isContentEditable) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat) return;
    const command = this.#commands[event.key.toLowerCase()];
    if (!command) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    command();
  };
}
