import assert from "node:assert/strict";
import { test } from "node:test";
import { onKey } from "../../../pages/web/compare/keys.js";

function desk() {
  const did = [];
  const client = { classes: [{ id: 7, key: "3" }, { id: 8, key: "w" }], selection: new Set([1]), focus: 5,
    setSelection: (chosen) => (client.selection = new Set(chosen)), setFocus: (example) => (client.focus = example) };
  const view = { isDifference: true, chosen: { id: "m2" }, set: (change) => did.push(change), maps: { fit: () => did.push("fit") } };
  const actions = { step: (kind) => did.push(kind), pause: () => did.push("pause") };
  const disagreements = { move: (by) => (did.push(by), true), give: (cls) => did.push(`give ${cls}`) };
  const press = (key, more = {}) => onKey({ key, shiftKey: false, repeat: false, ...more }, { client, view, actions, disagreements,
    move: ({ id }, by) => did.push(`${id} by ${by}`) });
  return { did, client, press };
}

test("class keys label the framed image, and Z takes it back", () => {
  const { did, press } = desk();
  assert.ok(press("3") && press("W") && press("z") && press("Z", { shiftKey: true }));
  assert.deepEqual(did, ["give 7", "give 8", "undo", "redo"]);
  assert.equal(press("3", { repeat: true }), false);
});

test("arrows go through the list, also held down", () => {
  const { did, press } = desk();
  assert.ok(press("ArrowRight", { repeat: true }) && press("ArrowLeft"));
  assert.deepEqual(did, [1, -1]);
});

test("Shift and an arrow move the chosen model, once a press", () => {
  const { did, press } = desk();
  assert.ok(press("ArrowLeft", { shiftKey: true }) && press("ArrowRight", { shiftKey: true }));
  assert.deepEqual(did, ["m2 by -1", "m2 by 1"]);
});

test("V turns difference into plain, Escape lets go of the selection first, then of the frame", () => {
  const { did, client, press } = desk();
  assert.ok(press("v") && press("F", { shiftKey: true }));
  assert.deepEqual(did, [{ view: "plain" }, "fit"]);
  assert.ok(press("Escape"));
  assert.deepEqual([client.selection.size, client.focus], [0, 5]);
  assert.ok(press("Escape"));
  assert.equal(client.focus, null);
  assert.equal(press("Escape"), false);
});
