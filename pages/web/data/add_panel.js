/** "Add images": the drop zone, a path, what is ready to try, and what was imported before. */

import { enable, h, icon, isEnabled, picture, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { count, many } from "../shared/format.js";
import { store } from "../shared/local_settings.js";
import { paint } from "../shared/images.js";
import { fileInput } from "./file_input.js";
import { SetMenu } from "./set_menu.js";
import { dropped } from "./uploader.js";

const KINDS = "png, jpg, webp, bmp, tif, zip, npz, csv, parquet, h5ad";

/** @typedef {import("../shared/api.js").ImportedSet} ImportedSet */
/** @typedef {import("../shared/api.js").ReadySet} ReadySet */

export class AddPanel {
  shelf;
  join;
  zone;
  path;
  button;
  roots;
  error;
  sets;
  setsBox;
  ready;
  menu;
  limit = h("div.s");
  /** @type {HTMLButtonElement[]} */
  choose = []; // in the zone

  /**
   * @param {HTMLElement} panel
   * @param {import("./shelf.js").Shelf} shelf
   * @param {import("./join_dialog.js").JoinDialog} join
   */
  constructor(panel, shelf, join) {
    this.shelf = shelf;
    this.join = join;
    this.zone = this.#zone();
    this.path = h("input.path", { placeholder: "~/scans/2026-11", spellcheck: "false", "data-testid": "path",
      "aria-label": "A path on this computer", onkeydown: (event) => event.key === "Enter" && this.#read() });
    this.button = h("button.btn", { "data-testid": "read", onclick: () => isEnabled(this.button) && this.#read() }, "Read");
    this.roots = h("div.s.roots");
    this.error = h("div.trouble", { role: "alert", "data-testid": "trouble" });
    this.sets = h("div.sets", { "data-testid": "sets" });
    this.setsBox = h("div", {}, h("div.sub-title", {}, "Imported"), this.sets);
    this.ready = h("div.sets", { "data-testid": "ready" });
    this.menu = new SetMenu(shelf, join);
    panel.append(h("div.h", {}, "Add images"), h("div.pad.scrolls", {}, this.zone, this.error,
      h("div.sub-title", {}, "Or a path on this computer"), h("div.row", {}, this.path, this.button), this.roots,
      this.setsBox, h("div.sub-title", {}, "Ready to try, no download"), this.ready));
  }

  #drawn = "";

  #zone() {
    const take = (/** @type {import("./uploader.js").PathAndFile[]} */ found) => void this.shelf.take(found);
    const folder = fileInput({ webkitdirectory: true, "data-testid": "choose-folder" }, take);
    const files = fileInput({ multiple: true, "data-testid": "choose-files" }, take);
    this.choose = /** @type {[string, HTMLInputElement][]} */ ([["Choose a folder", folder], ["Choose files", files]]).map(([title, input]) => {
      const button = h("button.btn.small", { onclick: () => isEnabled(button) && input.click() }, title);
      return button;
    });
    const over = (/** @type {boolean} */ on) => (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      this.zone.classList.toggle("over", on);
    };
    return h("div.zone", { "data-testid": "zone", ondragenter: over(true), ondragover: over(true), ondragleave: over(false),
      ondrop: (event) => {
        over(false)(event);
        if (event.dataTransfer) this.shelf.takeDropped(dropped(event.dataTransfer));
      } },
    icon("upload"), h("b", {}, "Drop a folder, a zip or files here"), h("div.s", {}, KINDS), this.limit,
    h("div.row", {}, ...this.choose), folder, files);
  }

  #read() {
    if (this.path.value.trim()) this.shelf.read(this.path.value.trim());
    else this.path.focus();
  }

  update() {
    const { all, error, busy, shown, isBusy, whyBusy } = this.shelf;
    show(this.error, Boolean(error));
    write(this.error, error);
    this.zone.classList.toggle("off", isBusy);
    for (const button of [...this.choose, this.button]) enable(button, !isBusy, whyBusy);
    if (!all) return;
    write(this.limit, `up to ${Math.round(all.most_bytes / 2 ** 30)} GB at once`);
    write(this.roots, `It is read where it lies, nothing is copied. This page may read ${inWords(all.roots)}.`);
    const drawn = JSON.stringify([all.ready, all.sets, busy, shown]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    show(this.setsBox, all.sets.length > 0);
    redraw(this.sets, () => this.sets.replaceChildren(...all.sets.map((each) => this.#imported(each))));
    redraw(this.ready, () => this.ready.replaceChildren(...all.ready.map((each) => this.#bundled(each)), this.#groups(), this.#pair()));
  }

  /** One of them without a label, its groups first. */
  #groups() {
    const open = () => (store("view", "groups"), this.shelf.open("digits"));
    return h("div.set.ready", { "data-set": "groups" }, icon("grid_view"),
      h("div.what", {}, h("b", {}, "Groups of digits"),
        h("div.s", {}, "thirty groups that are proposed without a label: a key names one whole")),
      h("button.btn", { "data-testid": "try-groups", onclick: open }, "Open"));
  }

  /** Two of them as two domains. */
  #pair() {
    return h("div.set.ready", { "data-set": "pair" }, icon("join"),
      h("div.what", {}, h("b", {}, "Two domains of digits"),
        h("div.s", {}, "the small digits join the large ones: labels of one serve the other")),
      h("button.btn", { "data-testid": "try-domains", onclick: () => this.join.open("digits", "mnist") }, "Look"));
  }

  /** @param {ImportedSet} each */
  #imported(each) {
    const { shelf } = this;
    const what = each.are_texts ? "embedded" : each.shape.length === 1 ? `${each.shape[0]} numbers each` : `${each.shape[0]} × ${each.shape[1]}`
      + `${each.shape[2] === 3 ? ", colour" : ""}`;
    const more = h("button.btn.gh.narrow", { "aria-haspopup": "dialog", title: "Rename, add images, delete", "aria-label": `More about ${each.name}`,
      "data-testid": `more-${each.id}`, onclick: (event) => (event.stopPropagation(), this.menu.open(more, each)) },
    icon("more_horiz"));
    return h(`div.set${each.id === shelf.shown ? ".on" : ""}`, { "data-set": each.id, onclick: () => shelf.show(each.id) },
      h("div.what", {}, h("button.name", { "data-testid": `show-${each.id}`, "aria-current": String(each.id === shelf.shown) }, each.name),
        h("div.s", {}, `${many(each.n, each.are_texts ? "text" : each.shape.length === 1 ? "row" : "image")}, ${what}${sessionsInWords(each)}`)),
      more, this.#openButton(each));
  }

  /** @param {ReadySet} each */
  #bundled(each) {
    if (each.texts.length) return this.#bundledTexts(each);
    const size = each.picture[0] * each.picture[1] * each.picture[2];
    const thumbs = Array.from({ length: 4 }, () => picture(".ready-thumb"));
    this.shelf.server.bytes(`ready/${each.id}/thumbnails`).then((bytes) => thumbs.forEach(({ canvas }, k) =>
      paint(canvas, bytes.subarray(k * size, (k + 1) * size), each.picture)), () => {});
    return h("div.set.ready", { "data-set": each.id }, h("div.four", {}, ...thumbs.map(({ element }) => element)),
      h("div.what", {}, h("b", {}, `${each.title}, ${count(each.n)}`),
        h("div.s", {}, [inNumbers(each), each.n_classes ? `${each.n_classes} classes` : "", each.about].filter(Boolean).join(", "))),
      this.#openButton(each));
  }

  /** @param {ReadySet} each */
  #bundledTexts(each) {
    return h("div.set.ready", { "data-set": each.id }, h("div.four.of-words", {}, ...each.texts.map((text) => h("div", { title: text }, text))),
      h("div.what", {}, h("b", {}, `${each.title}, ${count(each.n)}`), h("div.s", {}, `${each.n_classes} classes, ${each.about}`)),
      this.#openButton(each));
  }

  /** @param {ImportedSet | ReadySet} each */
  #openButton(each) {
    const { shelf } = this;
    const title = each.sessions.length ? `Go on with ${each.sessions[0].name}` : "Begin a session on it";
    return h("button.btn", { title, "data-testid": `open-${each.id}`,
      onclick: (event) => (event.stopPropagation(), shelf.open(each.id, true)) }, shelf.busy === each.id ? "Opening…" : "Open");
  }
}

/** @param {ImportedSet} set */
function sessionsInWords({ sessions }) {
  return sessions.length ? `, ${many(sessions.length, "session")}` : "";
}

/** @param {ReadySet} set */
function inNumbers({ shape }) {
  return shape.length === 1 ? `${shape[0]} numbers each` : `${shape[0]} × ${shape[1]}`;
}

/** @param {string[]} names */
function inWords(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}
