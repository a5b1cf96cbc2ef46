/** The menu of encoders; those that need to know which one (a file, a name) ask for it in place. */

import { h } from "../shared/dom.js";
import { capital } from "../shared/format.js";
import { Popover } from "../shared/popover.js";

/** @typedef {import("../shared/api.js").EncoderChoice} EncoderChoice */
/** @typedef {import("../shared/api.js").EncoderOption} EncoderOption */

/** @type {Record<string, {placeholder: string, label: string}>} by what is asked for */
const ASKED = {
  FILE: { placeholder: "~/models/encoder.onnx", label: "A path on this computer" },
  NAME: { placeholder: "a name, or a folder", label: "Its name" },
};

export class EncoderMenu {
  choose;
  popover = new Popover("encoder-menu", { label: "Encoder", testid: "encoder-menu" });

  /** @param {(encoder: string) => void} choose */
  constructor(choose) {
    this.choose = choose;
  }

  #asked = ""; // the option whose file or name is asked for

  /**
   * @param {HTMLElement} anchor
   * @param {EncoderChoice} encoder
   */
  open(anchor, encoder) {
    const chosen = encoder.choice.split(":")[0];
    this.#asked = "";
    this.#draw(encoder);
    const row = this.popover.element.querySelector(`[data-row="${CSS.escape(chosen)}"]`);
    const above = anchor.getBoundingClientRect().top > window.innerHeight / 2;
    this.popover.open(anchor, { above, right: true, focus: row instanceof HTMLElement ? row : this.popover.element });
  }

  /** @param {EncoderChoice} encoder */
  #draw(encoder) {
    this.popover.element.replaceChildren(...rowsOf(encoder).map((option) => this.#row(option, encoder)));
  }

  /**
   * @param {EncoderOption} option
   * @param {EncoderChoice} encoder
   */
  #row(option, encoder) {
    const isOn = isChosen(option, encoder);
    const row = h(`button.role${isOn ? ".on" : ""}`, { "data-row": option.name, "aria-pressed": String(isOn),
      "data-testid": `encoder-${option.name}`, onclick: () => this.#press(option, encoder) },
    h("i.radio"), h("span", {}, h("b", {}, option.title), h("div.s", {}, `${capital(option.about)}.`)));
    if (this.#asked !== option.name) return row;
    return h("div.asks", {}, row, this.#question(option, encoder));
  }

  /**
   * @param {EncoderOption} option
   * @param {EncoderChoice} encoder
   */
  #press(option, encoder) {
    if (!option.argument) return this.#take(option.name);
    this.#asked = option.name;
    this.#draw(encoder);
    /** @type {HTMLElement | null} */ (this.popover.element.querySelector(".asks input"))?.focus();
  }

  /**
   * @param {EncoderOption} option
   * @param {EncoderChoice} encoder
   */
  #question(option, encoder) {
    const { placeholder, label } = ASKED[option.argument] ?? ASKED.NAME;
    const said = encoder.choice.startsWith(`${option.name}:`) ? encoder.choice.slice(option.name.length + 1) : "";
    const use = () => input.value.trim() && this.#take(`${option.name}:${input.value.trim()}`);
    const input = h("input.path", { type: "text", value: said, "aria-label": label, spellcheck: "false", autocomplete: "off",
      placeholder: option.name === "features" ? "~/features.npy" : placeholder, "data-testid": "encoder-argument",
      onkeydown: (event) => event.key === "Enter" && !event.isComposing && use() });
    return h("div.row", {}, input, h("button.btn", { "data-testid": "encoder-use", onclick: use }, "Use"));
  }

  /** @param {string} encoder */
  #take(encoder) {
    this.popover.close();
    this.choose(encoder);
  }
}

/**
 * What Auto stands for, and what comes beside it.
 * @param {EncoderChoice} encoder
 * @returns {EncoderOption[]}
 */
export function meantByAuto({ stands_for, beside, options }) {
  return [stands_for, beside].flatMap((name) => options.filter((option) => option.name === name));
}

/**
 * What there is to choose, in its order.
 * @param {EncoderChoice} encoder
 * @returns {EncoderOption[]}
 */
function rowsOf(encoder) {
  const { stands_for, n_features, options } = encoder;
  const meant = meantByAuto(encoder).map((option) => option.title).join(" and ");
  const auto = { name: "auto", title: "Auto", argument: "",
    about: stands_for === "features" ? "the features that came with the images" : meant ? `what suits these images: ${meant}` : "nothing, for such examples" };
  const given = n_features ? [{ name: "features", title: "Features that came with the images", argument: "", about: `${n_features} numbers of each` }] : [];
  return [auto, ...given, ...options.filter((option) => !(option.name === "features" && n_features))];
}

/**
 * @param {EncoderOption} option
 * @param {EncoderChoice} encoder
 */
function isChosen(option, { choice }) {
  return choice.split(":")[0] === option.name;
}

/**
 * What the button says.
 * @param {EncoderChoice} encoder
 * @param {string} choice
 */
export function titleOf({ options }, choice) {
  if (choice === "auto") return "Auto";
  return options.find((option) => option.name === choice.split(":")[0])?.title ?? choice;
}
