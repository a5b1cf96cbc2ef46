/** What can be done with an imported data set: another name, more images, or away with it. */

import { h, icon, show, write } from "../shared/dom.js";
import { many } from "../shared/format.js";
import { Popover } from "../shared/popover.js";
import { fileInput } from "./file_input.js";

/** @typedef {import("../shared/api.js").ImportedSet} ImportedSet */

export class SetMenu {
  shelf;
  name;
  path;
  words;
  sure;
  yes;
  popover;

  /**
   * @param {import("./shelf.js").Shelf} shelf
   * @param {import("./join_dialog.js").JoinDialog} join
   */
  constructor(shelf, join) {
    this.shelf = shelf;
    this.name = h("input", { type: "text", maxlength: 80, "aria-label": "Name", "data-testid": "set-name",
      onkeydown: (event) => event.key === "Enter" && this.#rename() });
    const add = (/** @type {import("./uploader.js").PathAndFile[]} */ found) => this.#add(found);
    const [folder, files] = [fileInput({ webkitdirectory: true, "data-testid": "add-folder" }, add), fileInput({ multiple: true }, add)];
    this.path = h("input", { type: "text", placeholder: "or a path on this computer", spellcheck: "false",
      "aria-label": "A path with more images", onkeydown: (event) => event.key === "Enter" && this.#addPath() });
    this.words = h("span.s");
    this.sure = h("button.btn.small.danger", { "data-testid": "delete-set", onclick: () => this.#delete() }, "Delete");
    this.yes = h("div.row.question", {}, this.words);
    this.popover = new Popover("set-menu", { label: "Data set", testid: "set-menu" },
      h("div.row", {}, this.name, h("button.btn", { onclick: () => this.#rename() }, "Rename")),
      h("div.sub-title", {}, "Add images to it"),
      h("div.s", {}, "They land on the same map; images that are there already are left out."),
      h("div.row", {}, h("button.btn.small", { onclick: () => folder.click() }, icon("folder_open"), "A folder"),
        h("button.btn.small", { onclick: () => files.click() }, icon("add_photo_alternate"), "Files")),
      this.path, folder, files, h("div.sub-title", {}, "Use it beside another data set"),
      h("div.row", {}, h("button.btn.small", { "data-testid": "join-set", onclick: () => this.#join(join) },
        icon("join"), "Join as another domain…")), this.yes, h("div.row", {}, h("span.sp"), this.sure));
  }

  /** @type {ImportedSet | null} */
  #set = null; // the one that it was opened for
  #isAsked = false;

  /**
   * @param {HTMLElement} anchor
   * @param {ImportedSet} set
   */
  open(anchor, set) {
    this.#set = set;
    this.#isAsked = false;
    this.name.value = set.name;
    this.path.value = "";
    this.#say(set);
    this.popover.open(anchor, { right: true, focus: this.name });
  }

  /** @param {ImportedSet} set */
  #say(set) {
    const n = set.sessions.length;
    show(this.yes, this.#isAsked);
    write(this.words, `${many(set.n, "image")} go for good${n
      ? `, and ${many(n, "session")} on them will not open any more. Export the labels first` : ""}.`);
    write(this.sure, this.#isAsked ? "Delete for good" : "Delete");
  }

  /** @param {import("./join_dialog.js").JoinDialog} join */
  #join(join) {
    this.popover.close();
    if (this.#set) join.open(this.#set.id);
  }

  #rename() {
    this.popover.close();
    if (this.#set) this.shelf.rename(this.#set.id, this.name.value);
  }

  /** @param {import("./uploader.js").PathAndFile[]} files */
  #add(files) {
    this.popover.close();
    if (this.#set) this.shelf.take(files, this.#set.id);
  }

  #addPath() {
    if (!this.path.value.trim()) return;
    this.popover.close();
    if (this.#set) this.shelf.read(this.path.value.trim(), this.#set.id);
  }

  #delete() {
    if (!this.#set) return;
    if (this.#isAsked) {
      this.popover.close();
      this.shelf.remove(this.#set.id);
    } else {
      this.#isAsked = true;
      this.#say(this.#set);
    }
  }
}
