/** A file that was dropped, pasted or opened: its bytes, and what the session keeps it as, which is in the link. */

import { inBase64 } from "./base64.js";

const KEPT = /^[0-9a-f]{32}$/;

export class DroppedFile {
  /**
   * @param {string} name
   * @param {{bytes?: Uint8Array<ArrayBuffer>, kept?: string}} content its bytes, or what it is kept as
   */
  constructor(name, { bytes, kept = "" }) {
    this.name = name || "image of the link";
    this.kept = kept;
    this.#bytes = bytes ?? null;
  }

  name;
  kept; // "" until the session keeps it
  #bytes;

  /** @param {unknown} value what a link names */
  static isKept(value) {
    return typeof value === "string" && KEPT.test(value);
  }

  /** What brings it back; {} while it is not kept. */
  get state() {
    return this.kept ? { file: this.kept, name: this.name } : {};
  }

  /** What is sent to have it placed: once it is kept, no bytes. */
  get body() {
    return this.kept || !this.#bytes ? { name: this.name, kept: this.kept } : { name: this.name, file: inBase64(this.#bytes) };
  }

  /**
   * To be shown on the paper. Throws for what is no image, or is not kept any longer.
   * @param {{array(path: string): Promise<{buffer: ArrayBuffer}>}} api of the session
   */
  async picture(api) {
    this.#bytes ??= new Uint8Array((await api.array(`explore/dropped/${this.kept}`)).buffer);
    return createImageBitmap(new Blob([this.#bytes]));
  }
}
