/**
 * The colours of the theme as numbers, for what CSS cannot draw (WebGL, canvas, Plotly), and a
 * signal when they change.
 *
 * The tokens of page.css are light-dark() pairs, which getComputedStyle returns unresolved when
 * read as custom properties. Set as `color` on a probe they come back as rgb().
 */

const EVERY = 1000; // ms; reading one computed colour costs some microseconds

/** @typedef {[red: number, green: number, blue: number]} Rgb 0 to 255 each */

export class Theme {
  /** @param {HTMLElement} root of the page, in whose theme the tokens are read */
  constructor(root) {
    this.#probe = root.appendChild(document.createElement("i"));
    this.#probe.hidden = true;
    this.#root = root;
    this.#read();
  }

  /** @type {Rgb} */
  text = [0, 0, 0];
  /** @type {Rgb} */
  text2 = [0, 0, 0];
  /** @type {Rgb} */
  ground = [0, 0, 0]; // of the map
  /** @type {Rgb} */
  accent = [0, 0, 0];
  /** @type {Rgb} */
  unlabelled = [0, 0, 0];
  isDark = false;
  #probe;
  #root;
  #seen = "";
  /** @type {import("./api.js").LookedClass[]} */
  #classes = [];
  /** @type {Map<number, {colour: Rgb, ink: string, isHollow: boolean}>} */
  #looks = new Map(); // by class id; ink is CSS
  #query = matchMedia("(prefers-color-scheme: dark)");

  /**
   * A custom property as CSS text: css("--accent") -> "rgb(91, 91, 214)".
   * @param {string} name
   */
  css(name) {
    return this.#resolve(`var(${name})`);
  }

  /** @param {string} colour any CSS colour */
  #resolve(colour) {
    this.#probe.style.color = colour;
    return getComputedStyle(this.#probe).color;
  }

  /**
   * A CSS colour as three bytes.
   * @param {string} colour
   */
  bytes(colour) {
    return numbers(this.#resolve(colour));
  }

  /**
   * Calls `changed` when the theme does: the system's, or the one chosen in Streamlit's menu. Returns
   * how to stop.
   * @param {() => void} changed
   */
  watch(changed) {
    const check = () => this.#read() && changed();
    this.#query.addEventListener("change", check);
    const observer = new MutationObserver(check);
    for (const node of [document.documentElement, document.body])
      observer.observe(node, { attributeFilter: ["class", "style", "data-theme"] });
    const timer = setInterval(check, EVERY);
    return () => {
      this.#query.removeEventListener("change", check);
      observer.disconnect();
      clearInterval(timer);
    };
  }

  /** Resolves all colours anew; true if the theme has changed. */
  #read() {
    const seen = this.css("--text") + this.css("--map");
    if (seen === this.#seen) return false;
    this.#seen = seen;
    const of = (/** @type {string} */ name) => numbers(this.css(name));
    this.text = of("--text");
    this.text2 = of("--text2");
    this.ground = of("--map");
    this.accent = of("--accent");
    this.unlabelled = of("--unlabelled");
    this.isDark = this.text[0] > 127;
    this.#paint();
    this.#root.dataset.theme = this.isDark ? "dark" : "light";
    return true;
  }

  /**
   * Takes the classes of a new state, with looks as class_colours.js gives them; true if one has another.
   * @param {import("./api.js").LookedClass[]} classes
   */
  setClasses(classes) {
    const look = (/** @type {typeof classes} */ list) => JSON.stringify(list.map(({ id, glyph, look }) => [id, glyph, look]));
    if (look(classes) === look(this.#classes)) return false;
    this.#classes = classes;
    this.#paint();
    return true;
  }

  #paint() {
    this.#looks = new Map(this.#classes.map(({ id, look }) => [id, {
      colour: look.isGrey ? this.unlabelled : numbers(this.#resolve(look.fill)),
      ink: this.#resolve(look.ink), isHollow: look.isHollow,
    }]));
  }

  /**
   * The colour of a class as three bytes; grey for one that is gone.
   * @param {number} id
   */
  ofClass(id) {
    return this.#looks.get(id)?.colour ?? this.unlabelled;
  }

  /**
   * The ink on it, as CSS.
   * @param {number} id
   */
  inkOf(id) {
    return this.#looks.get(id)?.ink ?? rgb(this.text);
  }

  /**
   * Whether its mark is a ring around its glyph, not a filled square.
   * @param {number} id
   */
  isHollow(id) {
    return this.#looks.get(id)?.isHollow ?? false;
  }
}

/**
 * @param {string} css a colour as browsers compute it: "rgb(91, 91, 214)"
 * @returns {Rgb}
 */
function numbers(css) {
  const [r, g, b] = (css.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

/**
 * [91, 91, 214], 0.5 -> "rgb(91 91 214 / 0.5)".
 * @param {Rgb} colour
 */
export function rgb([r, g, b], alpha = 1) {
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}
