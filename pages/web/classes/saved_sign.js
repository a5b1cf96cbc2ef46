/** Whether everything that was typed is saved: the honest state of it, in a sign and words. */

import { h, icon } from "../shared/dom.js";
import { clock } from "../shared/format.js";

export class SavedSign {
  element = h("span.row.saved", { "data-testid": "saved", role: "status" });
  #client;
  #changed;

  /**
   * @param {import("../session/session_client.js").SessionClient} client
   * @param {() => void} changed what it says has become wider or narrower
   */
  constructor(client, changed) {
    this.#client = client;
    this.#changed = changed;
  }

  update() {
    const [kind, sign, text] = this.#saving();
    const seen = kind + text;
    if (this.element.dataset.seen === seen) return;
    this.element.dataset.seen = seen;
    this.element.className = `row saved ${kind}`;
    this.element.title = text;
    this.element.replaceChildren(...(text ? [icon(sign), h("span.words", {}, text)] : []));
    this.#changed();
  }

  /** [class, icon, words] */
  #saving() {
    const client = this.#client;
    if (client.connection === "refused") return ["bad", "error", client.refusal];
    if (client.connection === "lost")
      return ["warn", "cloud_off", "connection lost, labels are kept here and sent when it is back"];
    if (client.outbox.trouble) return ["bad", "error", client.outbox.trouble];
    if (client.outbox.isLate) return ["warn", "sync_problem", "not saved yet, trying again"];
    if (client.pendingCount) return ["s", "more_horiz", "saving"];
    if (!client.savedAt) return ["s", "", ""];
    return ["ok", "check", `saved ${clock(client.savedAt)}`];
  }
}
