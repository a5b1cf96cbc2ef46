/**
 * The LABEL page in the browser: mount(root, {session, api}) builds it and returns its removal.
 * Everything lives under `root`, which stands in a shadow root.
 */

import pageCss from "../shared/page.css";
import aroundMapCss from "./around_map.css";
import waysOfWorkingCss from "./ways_of_working.css";
import { Actions } from "../session/actions.js";
import { Grid } from "../ask/grid.js";
import { GridPanel } from "../ask/grid_panel.js";
import { Card } from "../ask/card.js";
import { Chips } from "../classes/chips.js";
import { AccuracyPanel } from "../progress/accuracy_panel.js";
import { h } from "../shared/dom.js";
import { count, many, share } from "../shared/format.js";
import { Images } from "../shared/images.js";
import { Groups } from "../groups/groups.js";
import { GroupsPanel } from "../groups/groups_panel.js";
import groupsCss from "../groups/groups.css";
import { HistoryPanel } from "../progress/history_panel.js";
import { KeySheet, listenToKeys } from "./keys.js";
import { SessionClient } from "../session/session_client.js";
import { mountPage } from "../shared/mount.js";
import { LatentMap } from "../map/latent_map.js";
import { onPerson } from "../shared/people.js";
import { Queue } from "../ask/queue.js";
import { QueuePanel } from "../ask/queue_panel.js";
import { SamplesPanel } from "../progress/samples_panel.js";
import { SelectMenu } from "../map/select_menu.js";
import { SelectBy } from "../map/select_by.js";
import { ColumnsMenu } from "../columns/columns_menu.js";
import columnsCss from "../columns/columns.css";
import { ColourSources } from "../map/colour_sources.js";
import { StatusBar } from "../session/status_bar.js";
import textsCss from "../texts/texts.css";
import { followTexts, nounOf } from "../texts/texts.js";
import { styled } from "../shared/styles.js";
import { UnsentPanel } from "../session/unsent_panel.js";
import { waitForSession } from "../shared/waiting.js";
import { Theme } from "../shared/theme.js";
import { TrainingPanel } from "../progress/training_panel.js";
import { LayoutModes } from "../ask/layout_modes.js";

/** @typedef {{session: string, api: string}} Given where the session's id, and the address of the server's API */

class LabelPage {
  client;
  parts;
  unmount;
  /** @type {LatentMap | null} */
  map = null; // until it is built
  /** @type {(() => void)[]} */
  #stops = [];
  /** @type {{destroy?(): void}[]} */
  #panels = [];

  /**
   * @param {HTMLElement} root
   * @param {Given} data
   */
  constructor(root, { session, api }) {
    this.client = new SessionClient({ session, api });
    this.parts = layOut();
    this.unmount = styled(root, this.parts.desk, [pageCss, aroundMapCss, waysOfWorkingCss, groupsCss, textsCss, columnsCss]);
    this.#build();
  }

  #build() {
    const { client, parts } = this;
    const theme = new Theme(parts.desk);
    const images = new Images((ids) => client.images(ids),
      () => this.map?.redraw(false));
    const actions = new Actions(client);
    // The shape must be known before any panel draws an image: so this listener is the first.
    client.on("state", () => {
      images.shape = client.state?.data.shape ?? null;
      followTexts(images, client, parts.desk);
      if (theme.setClasses(client.classes)) this.map?.retheme();
    });
    const layoutModes = new LayoutModes(parts.columns);
    const queue = new Queue({ client, layoutModes });
    const grid = new Grid({ client, queue, layoutModes });
    const groups = new Groups({ client, layoutModes });
    const colourSources = new ColourSources(client);
    const selectBy = new SelectBy(client, colourSources);
    const unsent = new UnsentPanel(client);
    const shared = { client, unsent, theme, images, actions, layoutModes, queue, grid, groups, selectBy, colourSources };
    const selection = { assign: (/** @type {number} */ cls) => actions.assign(cls), clear: () => actions.clear(), open: () => grid.toggle() };
    const map = this.map = new LatentMap(parts.map, { ...shared, actions: selection });
    const menu = new SelectMenu(parts.map, shared);
    const columns = new ColumnsMenu(parts.map, { client, colourSources, map, card: parts.card });
    const queuePanel = new QueuePanel(parts.queue, shared);
    const gridPanel = new GridPanel(parts.grid, shared);
    const curve = new AccuracyPanel(parts.curve, shared);
    const chips = new Chips(parts.chips, shared);
    const status = new StatusBar(parts.status, shared);
    const samples = new SamplesPanel(parts.samples, shared);
    const history = new HistoryPanel(chips.clock, shared);
    const training = new TrainingPanel(status.state, shared);
    const groupsPanel = new GroupsPanel(parts.groups, shared);
    this.#panels = [map, menu, columns, queue, queuePanel, gridPanel, groupsPanel, new Card(parts.card, shared), curve, chips,
      samples, status, history, training, unsent];
    selectBy.map = colourSources.map = map;
    actions.queue = queue;
    actions.map = map;
    actions.grid = grid;
    actions.groups = groups;
    const sheet = new KeySheet(parts.desk, client);
    const around = { chips, history, training, samples };
    this.#stops.push(
      waitForSession(parts.desk, client, unsent.sections),
      theme.watch(() => map.retheme()),
      listenToKeys({ ...shared, ...around, map, sheet, menu, gridPanel, order: queuePanel.order }),
      onPerson(() => client.changePerson()),
      this.#announce(parts.twin),
      this.#followVisibility(),
    );
    window.ssvaeLabel = { client, map, queue, grid, groups, layoutModes, element: parts.desk }; // for the browser tests
    selectWhatWasSent(client);
    client.start();
  }

  #followVisibility() {
    const tell = () => {
      this.client.setHidden(document.hidden);
      this.map?.redraw(); // browsers may drop a canvas's picture while the tab is hidden
    };
    document.addEventListener("visibilitychange", tell);
    tell();
    return () => document.removeEventListener("visibilitychange", tell);
  }

  /**
   * The map in words for screen readers, at most once a second.
   * @param {HTMLElement} twin
   */
  #announce(twin) {
    const timer = setInterval(() => {
      const { client } = this;
      const text = client.state ? inWords(client, client.state) : "";
      if (twin.textContent !== text) twin.textContent = text;
    }, 1000);
    return () => clearInterval(timer);
  }

  destroy() {
    this.client.stop();
    for (const stop of this.#stops) stop();
    for (const panel of this.#panels) panel.destroy?.();
    if (window.ssvaeLabel?.client === this.client) delete window.ssvaeLabel;
    this.unmount();
  }
}

/** The empty panels, in the order in which the Tab key goes through them. */
function layOut() {
  const panel = (/** @type {string} */ name, /** @type {string} */ label, testid = name) =>
    h(`section.panel.${name}`, { "aria-label": label, "data-testid": testid });
  const panels = {
    chips: h("div.chips-row"),
    map: panel("map", "Map"),
    queue: panel("queue", "Label next", "queue-panel"),
    samples: panel("samples", "What the model draws"),
    curve: panel("curve", "Accuracy by labels"),
    grid: panel("board", "Many images at once", "board-panel"),
    groups: panel("groups", "Groups of images that are alike", "groups-panel"),
    card: panel("one", "One image", "card-panel"),
    status: h("footer.status", { "data-testid": "status" }),
    twin: h("div.twin", { "aria-live": "polite", "data-testid": "twin" }),
  };
  const columns = h("div.columns", {});
  columns.append(panels.map, tabs(columns), panels.queue, panels.grid, panels.groups, panels.card, panels.samples, panels.curve);
  columns.dataset.tab = "queue";
  const desk = h("div.desk", {}, panels.chips, columns, panels.status, panels.twin);
  // A click must not leave the focus on a button: Enter would press it again.
  desk.addEventListener("mousedown", (event) => event.target instanceof Element && event.target.closest("button") && event.preventDefault());
  return { ...panels, columns, desk };
}

/**
 * Narrow windows show one of queue, samples and curve at a time.
 * @param {HTMLElement} columns
 */
function tabs(columns) {
  const names = [["queue", "Label next"], ["samples", "Drawings"], ["curve", "Accuracy"]];
  const buttons = names.map(([name, title]) => h("button", { role: "tab", "data-testid": `tab-${name}`,
    onclick: () => choose(name) }, title));
  const choose = (/** @type {string} */ name) => {
    columns.dataset.tab = name;
    buttons.forEach((button, k) => {
      button.classList.toggle("on", names[k][0] === name);
      button.setAttribute("aria-selected", String(names[k][0] === name));
    });
  };
  buttons.forEach((button, k) => {
    button.classList.toggle("on", k === 0);
    button.setAttribute("aria-selected", String(k === 0));
  });
  return h("div.seg.tabs", { role: "tablist" }, ...buttons);
}

/**
 * "60 000 images, 203 labelled, focus: image 7011, guess 4, 52%".
 * @param {SessionClient} client
 * @param {import("../shared/api.js").State} state
 */
function inWords(client, state) {
  const words = [`${many(state.data.n, nounOf(client))}, ${count(client.labelOverlay.labelled)} labelled`];
  if (client.selection.size) words.push(`${count(client.selection.size)} selected`);
  if (client.focus !== null) {
    const guess = client.guessOf(client.focus);
    const label = client.labelOf(client.focus);
    words.push(`focus: ${nounOf(client)} ${client.focus}`);
    if (label !== null) words.push(`your label ${client.classOf(label)?.name}`);
    else if (guess) words.push(`guess ${client.classOf(guess.best)?.name}, ${share(guess.p)}`);
  }
  return words.join(", ");
}

/**
 * Another page may have sent images to be shown here: they are selected once the map is there.
 * @param {SessionClient} client
 */
function selectWhatWasSent(client) {
  const name = `ssvae.select.${client.session}`;
  const sent = sessionStorage.getItem(name);
  if (!sent) return;
  sessionStorage.removeItem(name);
  const stop = client.on("map", () => {
    stop();
    client.setSelection(JSON.parse(sent));
  });
}

export const mount = mountPage(LabelPage);
