// @ts-nocheck (its types are not written yet)
/**
 * The colours of the theme as numbers, for what CSS cannot draw (WebGL, canvas, Plotly), and a
 * signal when they change.
 *
 * The tokens of page.css are light-dark() pairs, which getComputedStyle returns unresolved when
 * read as custom properties. Set as `color` on a probe they come back as rgb().
 */

const EVERY = 1000; // ms; reading one computed colour costs some microseconds

export class Theme {
  constructor(desk) {
    this.#probe = desk.appendChild(document.createElement("i"));
    this.#probe.hidden = true;
    this.#desk = desk;
    this.#read();
  }

  #probe;
  #desk;
  #seen = "";
  #timer = 0;
  #classes = [];
  #looks = new Map(); // class id -> {colour: 3 bytes, ink: CSS, isHollow}
  #query = matchMedia("(prefers-color-scheme: dark)");
  #observer = null;

  /** A custom property as CSS text: css("--accent") -> "rgb(91, 91, 214)". */
  css(name) {
    return this.#resolve(`var(${name})`);
  }

  #resolve(colour) {
    this.#probe.style.color = colour;
    return getComputedStyle(this.#probe).color;
  }

  /** A CSS colour as three bytes. */
  bytes(colour) {
    return numbers(this.#resolve(colour));
  }

  /** Calls `changed` when the theme does: the system's, or the one chosen in Streamlit's menu. */
  watch(changed) {
    const check = () => this.#read() && changed();
    this.#query.addEventListener("change", check);
    this.#observer = new MutationObserver(check);
    for (const node of [document.documentElement, document.body])
      this.#observer.observe(node, { attributeFilter: ["class", "style", "data-theme"] });
    this.#timer = setInterval(check, EVERY);
    return () => {
      this.#query.removeEventListener("change", check);
      this.#observer.disconnect();
      clearInterval(this.#timer);
    };
  }

  /** Resolves all colours anew; true if the theme has changed. */
  #read() {
    const seen = this.css("--text") + this.css("--map");
    if (seen === this.#seen) return false;
    this.#seen = seen;
    const of = (name) => numbers(this.css(name));
    this.text = of("--text");
    this.text2 = of("--text2");
    this.ground = of("--map");
    this.accent = of("--accent");
    this.unlabelled = of("--unlabelled");
    this.isDark = this.text[0] > 127;
    this.#paint();
    this.#desk.dataset.theme = this.isDark ? "dark" : "light";
    return true;
  }

  /** Takes the classes of a new state, with looks as class_colours.js gives them; true if one has another. */
  setClasses(classes) {
    const look = (list) => JSON.stringify(list.map(({ id, glyph, look }) => [id, glyph, look]));
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

  /** The colour of a class as three bytes; grey for one that is gone. */
  ofClass(id) {
    return this.#looks.get(id)?.colour ?? this.unlabelled;
  }

  /** The ink on it, as CSS. */
  inkOf(id) {
    return this.#looks.get(id)?.ink ?? rgb(this.text);
  }

  /** Whether its mark is a ring around its glyph, not a filled square. */
  isHollow(id) {
    return this.#looks.get(id)?.isHollow ?? false;
  }
}

function numbers(css) {
  return css.match(/[\d.]+/g).slice(0, 3).map(Number);
}

/** [91, 91, 214], 0.5 -> "rgb(91 91 214 / 0.5)". */
export function rgb([r, g, b], alpha = 1) {
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}
