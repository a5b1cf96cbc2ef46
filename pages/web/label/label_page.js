/**
 * The LABEL page in the browser: mount(root, {session, api}) builds it and returns its removal.
 *
 * Streamlit calls mount again at every rerun: with the same session nothing happens, with another
 * one the desk is built anew. Everything lives under `root`, which stands in a shadow root.
 */

import { Actions } from "../session/actions.js";
import { Board } from "../ask/grid.js";
import { BoardPanel } from "../ask/grid_panel.js";
import { Card } from "../ask/card.js";
import { Chips } from "../classes/chips.js";
import { Curve } from "../progress/accuracy_panel.js";
import { h } from "../shared/dom.js";
import { count, share } from "../shared/format.js";
import { Images } from "../shared/images.js";
import { HistoryPanel } from "../progress/history_panel.js";
import { KeySheet, listenToKeys } from "./keys.js";
import { Lab } from "../session/session_client.js";
import { mounting } from "../shared/mount.js";
import { LatentMap } from "../map/latent_map.js";
import { onPerson } from "../shared/people.js";
import { Queue } from "../ask/queue.js";
import { QueuePanel } from "../ask/queue_panel.js";
import { Samples } from "../progress/samples_panel.js";
import { SelectMenu } from "../map/select_menu.js";
import { Selecting } from "../map/select_by.js";
import { Shades } from "../map/colour_sources.js";
import { Status } from "../session/status_bar.js";
import { styled } from "../shared/styles.js";
import { Theme } from "../shared/theme.js";
import { Training } from "../progress/training_panel.js";
import { Views } from "../ask/layout_modes.js";

const STYLES = ["../shared/page.css", "around_map.css", "ways_of_working.css"];

class Desk {
  constructor(root, { session, api }) {
    this.lab = new Lab({ session, api });
    this.parts = layOut();
    this.unmount = styled(root, this.parts.desk, STYLES, import.meta.url, () => this.#build());
  }

  #stops = [];
  #panels = [];
  #isGone = false;

  #build() {
    if (this.#isGone || this.map) return;
    const { lab, parts } = this;
    const theme = new Theme(parts.desk);
    const images = new Images((ids) => lab.api.images(lab.state.data.fingerprint, ids),
      () => this.map?.redraw(false));
    const actions = new Actions(lab);
    // The shape must be known before any panel draws an image: so this listener is the first.
    lab.on("state", () => {
      images.shape = lab.state.data.shape;
      if (theme.setClasses(lab.classes)) this.map?.retheme();
    });
    const views = new Views(parts.columns);
    const queue = new Queue({ lab, views });
    const board = new Board({ lab, queue, views });
    const shades = new Shades(lab);
    const selecting = new Selecting(lab, shades);
    const shared = { lab, theme, images, actions, views, queue, board, selecting, shades };
    const selection = { assign: (cls) => actions.assign(cls), clear: () => actions.clear(), open: () => board.toggle() };
    const map = this.map = new LatentMap(parts.map, { ...shared, actions: selection });
    const menu = new SelectMenu(parts.map, shared);
    const queuePanel = new QueuePanel(parts.queue, shared);
    const boardPanel = new BoardPanel(parts.board, shared);
    const curve = new Curve(parts.curve, shared);
    const chips = new Chips(parts.chips, shared);
    const status = new Status(parts.status, shared);
    const history = new HistoryPanel(chips.clock, shared);
    const training = new Training(status.state, shared);
    this.#panels = [map, menu, queue, queuePanel, boardPanel, new Card(parts.card, shared), curve, chips,
      new Samples(parts.samples, shared), status, history, training];
    selecting.map = shades.map = map;
    Object.assign(actions, { queue, map, board });
    const sheet = new KeySheet(parts.desk, lab);
    const around = { chips, history, training };
    this.#stops.push(
      theme.watch(() => (map.retheme(), curve.retheme())),
      listenToKeys({ ...shared, ...around, map, sheet, menu, boardPanel, order: queuePanel.order }),
      onPerson(() => lab.changePerson()),
      this.#announce(parts.twin),
      this.#followVisibility(),
    );
    window.ssvaeDesk = { lab, map, queue, board, views, element: parts.desk }; // for the browser tests
    parts.desk.style.visibility = "";
    selectWhatWasSent(lab);
    lab.start();
  }

  #followVisibility() {
    const tell = () => {
      this.lab.setHidden(document.hidden);
      this.map.redraw(); // browsers may drop a canvas's picture while the tab is hidden
    };
    document.addEventListener("visibilitychange", tell);
    tell();
    return () => document.removeEventListener("visibilitychange", tell);
  }

  /** The map in words for screen readers, at most once a second. */
  #announce(twin) {
    const timer = setInterval(() => {
      const text = this.lab.state ? inWords(this.lab) : "";
      if (twin.textContent !== text) twin.textContent = text;
    }, 1000);
    return () => clearInterval(timer);
  }

  destroy() {
    this.#isGone = true;
    this.lab.stop();
    for (const stop of this.#stops) stop();
    for (const panel of this.#panels) panel.destroy?.();
    if (window.ssvaeDesk?.lab === this.lab) delete window.ssvaeDesk;
    this.unmount();
  }
}

/** The empty panels, in the order in which the Tab key goes through them. */
function layOut() {
  const panel = (name, label, testid = name) =>
    h(`section.panel.${name}`, { "aria-label": label, "data-testid": testid });
  const parts = {
    chips: h("div.chips-row"),
    map: panel("map", "Map"),
    queue: panel("queue", "Label next", "queue-panel"),
    samples: panel("samples", "What the model draws"),
    curve: panel("curve", "Accuracy by labels"),
    board: panel("board", "Many images at once", "board-panel"),
    card: panel("one", "One image", "card-panel"),
    status: h("footer.status", { "data-testid": "status" }),
    twin: h("div.twin", { "aria-live": "polite", "data-testid": "twin" }),
  };
  const columns = parts.columns = h("div.columns", {}, parts.map, tabs(() => columns), parts.queue, parts.board,
    parts.card, parts.samples, parts.curve);
  columns.dataset.tab = "queue";
  parts.desk = h("div.desk", {}, parts.chips, columns, parts.status, parts.twin);
  // A click must not leave the focus on a button: Enter would press it again.
  parts.desk.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
  return parts;
}

/** Narrow windows show one of queue, samples and curve at a time. */
function tabs(columns) {
  const names = [["queue", "Label next"], ["samples", "Drawings"], ["curve", "Accuracy"]];
  const buttons = names.map(([name, title]) => h("button", { role: "tab", "data-testid": `tab-${name}`,
    onclick: () => choose(name) }, title));
  const choose = (name) => {
    columns().dataset.tab = name;
    buttons.forEach((button, k) => {
      button.classList.toggle("on", names[k][0] === name);
      button.setAttribute("aria-selected", String(names[k][0] === name));
    });
  };
  buttons[0].classList.add("on");
  return h("div.seg.tabs", { role: "tablist" }, ...buttons);
}

/** "60 000 images, 203 labelled, focus: image 7011, guess 4, 52%". */
function inWords(lab) {
  const words = [`${count(lab.state.data.n)} images, ${count(lab.ledger.labelled)} labelled`];
  if (lab.selection.size) words.push(`${count(lab.selection.size)} selected`);
  if (lab.focus !== null) {
    const guess = lab.guessOf(lab.focus);
    const label = lab.labelOf(lab.focus);
    words.push(`focus: image ${lab.focus}`);
    if (label !== null) words.push(`your label ${lab.classOf(label)?.name}`);
    else if (guess) words.push(`guess ${lab.classOf(guess.best).name}, ${share(guess.p)}`);
  }
  return words.join(", ");
}

/** Another page may have sent images to be shown here: they are selected once the map is there. */
function selectWhatWasSent(lab) {
  const name = `ssvae.select.${lab.session}`;
  const sent = sessionStorage.getItem(name);
  if (!sent) return;
  sessionStorage.removeItem(name);
  const stop = lab.on("map", () => {
    stop();
    lab.setSelection(JSON.parse(sent));
  });
}

export const mount = mounting(Desk);

export default mount;
