/**
 * The EXPLORE page in the browser: the map with what the model would draw anywhere on it, and views of what it
 * has understood. mount(root, {session, api}) builds it and returns its removal.
 */

import pageCss from "../shared/page.css";
import betweenCss from "./between.css";
import exploreCss from "./explore.css";
import momentsCss from "./moments.css";
import { Actions } from "../session/actions.js";
import { LayoutModes } from "../ask/layout_modes.js";
import { ColourSources } from "../map/colour_sources.js";
import { LatentMap } from "../map/latent_map.js";
import { SelectBy } from "../map/select_by.js";
import { TrainingPanel } from "../progress/training_panel.js";
import { SessionClient } from "../session/session_client.js";
import { StatusBar } from "../session/status_bar.js";
import { UnsentPanel } from "../session/unsent_panel.js";
import { h } from "../shared/dom.js";
import { Images } from "../shared/images.js";
import { mountPage } from "../shared/mount.js";
import { onPerson } from "../shared/people.js";
import textsCss from "../texts/texts.css";
import { followTexts } from "../texts/texts.js";
import { styled } from "../shared/styles.js";
import { Theme } from "../shared/theme.js";
import { waitForSession } from "../shared/waiting.js";
import { BetweenView } from "./between_view.js";
import { Codes } from "./codes.js";
import { Decoder } from "./decoder.js";
import { Hand } from "./hand.js";
import { listenToKeys } from "./keys.js";
import { Link } from "./link.js";
import { Tabs } from "./tabs.js";
import { UnderPointer } from "./under_pointer.js";

/**
 * What every view gets.
 * @typedef {object} Shared
 * @property {SessionClient} client
 * @property {Theme} theme
 * @property {Images} images real images by id
 * @property {LatentMap} map
 * @property {Actions} actions
 * @property {Decoder} decoder
 * @property {Codes} codes
 * @property {Link} link with the seed of all random draws
 * @property {Hand} hand what it does on the map
 */

class ExplorePage {
  client;
  unmount;
  /** @type {LatentMap | null} */
  map = null; // until it is built
  /** @type {(() => void)[]} */
  #stops = [];
  /** @type {{destroy?(): void}[]} */
  #parts = [];

  /**
   * @param {HTMLElement} root
   * @param {{session: string, api: string}} data
   */
  constructor(root, { session, api }) {
    this.client = new SessionClient({ session, api });
    const panels = {
      map: h("section.panel.map", { "aria-label": "Map", "data-testid": "map" }),
      under: h("section.panel.under", { "aria-label": "Under the pointer", "data-testid": "under-pointer" }),
      views: h("section.views", { "aria-label": "Views" }),
      status: h("footer.status", { "data-testid": "status" }),
    };
    const desk = h("div.desk.explore", {}, h("div.explore-columns", {}, h("div.map-column", {}, panels.map, panels.under), panels.views), panels.status);
    // A click must not leave the focus on a button: Enter would press it again.
    desk.addEventListener("mousedown", (event) => event.target instanceof Element && event.target.closest("button") && event.preventDefault());
    this.unmount = styled(root, desk, [pageCss, exploreCss, betweenCss, momentsCss, textsCss]);
    this.#build(desk, panels);
  }

  /**
   * @param {HTMLElement} desk
   * @param {Record<"map" | "under" | "views" | "status", HTMLElement>} panels
   */
  #build(desk, panels) {
    const { client } = this;
    const theme = new Theme(desk);
    const images = new Images((ids) => client.images(ids), () => this.map?.redraw(false));
    const actions = new Actions(client);
    // The shape must be known before any panel draws an image: so this listener is the first.
    client.on("state", () => {
      images.shape = client.state?.data.shape ?? null;
      followTexts(images, client, desk, "These examples are texts. What is drawn here are their embeddings, each a strip of bars: from one there is no way "
        + "back to words. The Label page shows the real texts nearest to what the model draws of each class.");
      if (theme.setClasses(client.classes)) this.map?.retheme();
    });
    const unsent = new UnsentPanel(client);
    const colourSources = new ColourSources(client);
    const selectBy = new SelectBy(client, colourSources);
    const layoutModes = new LayoutModes(desk);
    const selection = { assign: (/** @type {number} */ cls) => actions.assign(cls), clear: () => actions.clear(), open: () => this.#label() };
    const map = this.map = new LatentMap(panels.map, { client, theme, images, layoutModes, selectBy, colourSources, actions: selection });
    map.hasHoverCard = false;
    selectBy.map = colourSources.map = actions.map = map;
    const decoder = new Decoder(client);
    const codes = new Codes({ client, decoder });
    const hand = new Hand(map);
    const link = new Link();
    /** @type {Shared} */
    const shared = { client, theme, images, map, actions, decoder, codes, link, hand };
    const pointer = new UnderPointer(panels.under, shared);
    const tabs = new Tabs(panels.views, shared);
    openByHand(hand, tabs);
    const status = new StatusBar(panels.status, { client, actions, unsent });
    const training = new TrainingPanel(status.state, { client, actions });
    this.#parts = [tabs, pointer, map, codes, decoder, status, training, unsent];
    this.#stops.push(
      waitForSession(desk, client, unsent.sections),
      theme.watch(() => (map.retheme(), pointer.retheme())),
      onPerson(() => client.changePerson()),
      listenToKeys({ ...shared, tabs, pointer, training }),
      link.follow(), this.#followVisibility(),
    );
    window.ssvaeExplore = { ...shared, tabs, pointer }; // for the browser tests
    client.start();
  }

  /** Takes the selection to the page that labels. */
  #label() {
    sessionStorage.setItem(`ssvae.select.${this.client.session}`, JSON.stringify([...this.client.selection]));
    location.assign(`/?session=${encodeURIComponent(this.client.session)}`);
  }

  #followVisibility() {
    const tell = () => {
      this.client.setHidden(document.hidden);
      this.map?.redraw();
    };
    document.addEventListener("visibilitychange", tell);
    tell();
    return () => document.removeEventListener("visibilitychange", tell);
  }

  destroy() {
    this.client.stop();
    for (const stop of this.#stops) stop();
    for (const part of this.#parts) part.destroy?.();
    if (window.ssvaeExplore?.client === this.client) delete window.ssvaeExplore;
    this.unmount();
  }
}

/**
 * The hand that draws a path opens the view that makes a film of it.
 * @param {Hand} hand
 * @param {Tabs} tabs
 */
function openByHand(hand, tabs) {
  const between = () => (tabs.view instanceof BetweenView ? tabs.view : null);
  hand.add({ name: "path", title: "Path", sign: "timeline", letter: "F", tool: "lasso",
    stroke: (line, isDone) => between()?.makers.path.take(line, isDone) });
  hand.on("changed", () => {
    if (hand.current !== "path" || between()?.mode === "path") return;
    tabs.choose("between");
    between()?.choose("path");
  });
}

export const mount = mountPage(ExplorePage);
