/**
 * The colours of the theme as numbers, for what CSS cannot draw (WebGL, canvas, Plotly), and a
 * signal when they change.
 *
 * The tokens of desk.css are light-dark() pairs, which getComputedStyle returns unresolved when
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
  #query = matchMedia("(prefers-color-scheme: dark)");
  #observer = null;

  /** A custom property as CSS text: css("--accent") -> "rgb(91, 91, 214)". */
  css(name) {
    this.#probe.style.color = `var(${name})`;
    return getComputedStyle(this.#probe).color;
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
    this.classes = Array.from({ length: 10 }, (_, k) => of(`--c${k}`));
    this.inks = Array.from({ length: 10 }, (_, k) => this.css(`--on${k}`));
    this.text = of("--text");
    this.text2 = of("--text2");
    this.ground = of("--map");
    this.accent = of("--accent");
    this.unlabelled = of("--unlabelled");
    this.isDark = this.text[0] > 127;
    this.#desk.dataset.theme = this.isDark ? "dark" : "light";
    return true;
  }

  /** The colour of a class as three bytes; classes past ten have none of their own yet. */
  ofClass(id) {
    return this.classes[id % 10];
  }
}

function numbers(css) {
  return css.match(/[\d.]+/g).slice(0, 3).map(Number);
}

/** [91, 91, 214], 0.5 -> "rgb(91 91 214 / 0.5)". */
export function rgb([r, g, b], alpha = 1) {
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}
