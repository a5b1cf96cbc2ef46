import assert from "node:assert/strict";
import { test } from "node:test";

import { DroppedFile } from "../../../pages/web/explore/dropped_file.js";

const NAME = "0123456789abcdef0123456789abcdef";

test("its bytes are sent once; then what it is kept as, which is in the link", () => {
  const file = new DroppedFile("cat.png", { bytes: Uint8Array.of(104, 105) });
  assert.deepEqual(file.body, { name: "cat.png", file: btoa("hi") });
  assert.deepEqual(file.state, {});
  file.kept = NAME;
  assert.deepEqual(file.body, { name: "cat.png", kept: NAME });
  assert.deepEqual(file.state, { file: NAME, name: "cat.png" });
});

test("what a link names is one of ours or nothing", () => {
  assert.ok(DroppedFile.isKept(NAME));
  for (const wrong of [undefined, 5, "", "../labels.db", `${NAME}0`]) assert.ok(!DroppedFile.isKept(wrong));
});

test("one of a link is read before it is shown", async () => {
  globalThis.createImageBitmap = /** @type {any} */ (async (blob) => blob.size);
  const asked = [];
  const api = { array: async (path) => (asked.push(path), { buffer: Uint8Array.of(1, 2, 3).buffer }) };
  const file = new DroppedFile("", { kept: NAME });
  assert.equal(await file.picture(api), 3);
  assert.deepEqual(asked, [`explore/dropped/${NAME}`]);
  assert.deepEqual(file.state, { file: NAME, name: "image of the link" });
});
