/**
 * The EXPORT page in the browser: what the session can be written as, how much of it, how right it is.
 *
 * mount(root, {session, api}) builds it and returns its removal, as label_page.js does.
 */

import pageCss from "../shared/page.css";
import exportCss from "./export.css";
import { Actions } from "../session/actions.js";
import { h } from "../shared/dom.js";
import { SessionClient } from "../session/session_client.js";
import { mountPage } from "../shared/mount.js";
import { StatusBar } from "../session/status_bar.js";
import { styled } from "../shared/styles.js";
import { UnsentPanel } from "../session/unsent_panel.js";
import { waitForSession } from "../shared/waiting.js";
import { Theme } from "../shared/theme.js";
import { ExportPanel } from "./export_panel.js";
import { Exports } from "./exports.js";
import { FormatsPanel } from "./formats_panel.js";

class ExportPage {
  client;
  parts;
  desk;
  unmount;
  theme;
  exports;
  formats;
  options;
  status;
  unsent;
  /** @type {(() => void)[]} */
  #stops = [];

  /**
   * @param {HTMLElement} root
   * @param {{session: string, api: string}} data
   */
  constructor(root, { session, api }) {
    this.client = new SessionClient({ session, api });
    const panel = (/** @type {string} */ name, /** @type {string} */ label) => h(`section.panel.${name}`, { "aria-label": label, "data-testid": name });
    this.parts = { formats: panel("formats", "What to write"), options: panel("options", "How"),
      status: h("footer.status", { "data-testid": "status" }) };
    this.desk = h("div.desk.export", {}, h("div.export-columns", {}, this.parts.formats, this.parts.options), this.parts.status);
    this.unmount = styled(root, this.desk, [pageCss, exportCss]);
    const { client, parts } = this;
    this.theme = new Theme(this.desk);
    this.exports = new Exports(client, () => this.#changed());
    this.formats = new FormatsPanel(parts.formats, this.exports);
    this.options = new ExportPanel(parts.options, this.exports);
    this.unsent = new UnsentPanel(client);
    this.status = new StatusBar(parts.status, { client, actions: new Actions(client), unsent: this.unsent });
    this.#stops.push(waitForSession(this.desk, client, this.unsent.sections), this.theme.watch(() => {}), client.on("state", () => this.exports.follow()));
    window.ssvaeExport = { client, exports: this.exports }; // for the browser tests
    client.start();
  }

  #changed() {
    this.formats.update();
    this.options.update();
  }

  destroy() {
    this.client.stop();
    for (const stop of this.#stops) stop();
    this.exports.stop();
    this.status.destroy();
    this.unsent.destroy();
    if (window.ssvaeExport?.client === this.client) delete window.ssvaeExport;
    this.unmount();
  }
}

export const mount = mountPage(ExportPage);
