/** The person menu at the top right of every page: who sits here, and who else labels in this session. */

import css from "./person_menu.css";
import { h, icon, show, write } from "../shared/dom.js";
import { redraw } from "../shared/redraw.js";
import { count } from "../shared/format.js";
import { sessionHttp } from "../shared/http.js";
import { mountPage } from "../shared/mount.js";
import { badge, become, me, onPerson, tidy } from "../shared/people.js";
import { styled } from "../shared/styles.js";
import { goBack } from "./login_return.js";

class PersonMenu {
  login;
  logOut;
  api;
  button;
  panel;
  /** @type {HTMLInputElement | null} */
  input = null; // none where a login says who sits here
  list;
  note;
  element;

  /**
   * @param {HTMLElement} root
   * @param {{session: string, api: string, login: string}} data login: the name that the login gave; "" without one
   * @param {(name: string) => void} fire
   */
  constructor(root, { session, api, login }, fire) {
    this.login = login;
    this.logOut = () => fire("log_out");
    this.api = sessionHttp(api, session);
    this.button = h("button.who", { "data-testid": "person", "aria-haspopup": "dialog", "aria-expanded": "false",
      onclick: () => this.#toggle() });
    this.panel = h("div.panel", { role: "dialog", "aria-label": "Who sits here", "data-testid": "person-menu",
      onkeydown: (event) => this.#onKey(event) });
    this.list = h("div.people", { "data-testid": "people" });
    this.note = h("div.s");
    this.panel.append(...(login ? this.#known() : this.#form()), this.list, this.note);
    show(this.panel, false);
    this.element = h("div.corner", {}, this.button, this.panel);
    this.#unmount = styled(root, this.element, [css]);
    if (login && me() !== tidy(login)) become(login);
    if (login) goBack();
    this.#stop = onPerson(() => this.update());
    window.addEventListener("pointerdown", this.#outside, true);
    this.update();
  }

  #stop;
  #unmount;
  #outside = (/** @type {PointerEvent} */ event) => !event.composedPath().includes(this.element) && this.#close();

  destroy() {
    this.#stop();
    window.removeEventListener("pointerdown", this.#outside, true);
    this.#unmount();
  }

  #known() {
    return [h("div.title", {}, "You are logged in as ", h("b", {}, this.login)),
      h("div.s", {}, "Your labels carry this name. It comes from the login and is changed there."),
      h("button.btn", { "data-testid": "log-out", onclick: () => this.logOut() }, icon("logout"), "Log out")];
  }

  #form() {
    const input = h("input", { type: "text", "data-testid": "person-name", "aria-label": "Your name", maxlength: "60",
      placeholder: "Your name", autocomplete: "off", spellcheck: "false",
      onkeydown: (event) => event.key === "Enter" && !event.isComposing && this.#become(input.value) });
    this.input = input;
    const save = h("button.btn.p", { "data-testid": "person-save", onclick: () => this.#become(input.value) }, "That is me");
    return [h("div.title", {}, "Who sits here?"),
      h("div.s", {}, "Your labels carry your name, and undo takes back only yours."),
      h("div.row", {}, input, save)];
  }

  /** @param {string} name */
  #become(name) {
    become(name);
    this.#close();
    this.button.focus();
  }

  #toggle() {
    if (!this.panel.hidden) return this.#close();
    show(this.panel, true);
    this.button.setAttribute("aria-expanded", "true");
    if (this.input) {
      this.input.value = me();
      this.input.focus();
      this.input.select();
    }
    this.#read();
  }

  #close() {
    show(this.panel, false);
    this.button.setAttribute("aria-expanded", "false");
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    event.stopPropagation(); // the page's keys are not meant here
    if (event.key !== "Escape") return;
    this.#close();
    this.button.focus();
  }

  update() {
    const name = me();
    const words = name || "Just me";
    if (this.button.dataset.name !== words) {
      this.button.dataset.name = words;
      this.button.replaceChildren(badge(name), h("span.name", {}, words));
      this.button.title = name ? `Your labels carry the name ${name}` : "Your labels carry no name. Click to give yours";
    }
    if (!this.panel.hidden) this.#read();
  }

  /** The people of this session, with how many images each has labelled. */
  async #read() {
    try {
      this.#showPeople((await this.api.get("state?after=people&wait=0")).people);
      write(this.note, "");
    } catch {
      write(this.note, "Who else labels here cannot be read just now.");
    }
  }

  /** @param {import("../shared/api.js").State["people"]} people */
  #showPeople(people) {
    const mine = me();
    const known = new Map(people.map(({ name, n }) => [name, n]));
    for (const name of this.login ? [mine] : [mine, ""]) if (!known.has(name)) known.set(name, 0);
    const rows = [...known].map(([name, n]) => {
      const isMe = name === mine;
      return h("button.line", { "data-testid": "person-row", "aria-pressed": String(isMe),
        title: isMe ? "This is you" : this.login ? "" : name ? `Go on as ${name}` : "Go on without a name",
        onclick: () => !this.login && this.#become(name) },
      badge(name), h("span.name", {}, name || "Just me (no name)"), h("span.sp"),
      h("span.s", {}, `${count(n)} labelled`), isMe ? icon("check") : null);
    });
    redraw(this.list, () => this.list.replaceChildren(...rows));
  }
}

export const mount = mountPage(PersonMenu);
