import assert from "node:assert/strict";
import { test } from "node:test";
import { meaningOf } from "../../../pages/web/learn/keys.js";

/** What a key does: the command's name and what it takes. */
function done(key, { answers = [], shiftKey = false } = {}) {
  const said = [];
  const commands = new Proxy({}, { get: (_, name) => (...given) => said.push([name, ...given]) });
  meaningOf({ key, shiftKey }, answers)(commands);
  return said[0] ?? null;
}

test("a digit answers the question while it is asked, and means nothing afterwards", () => {
  assert.deepEqual(done("5", { answers: ["8", "5", "2", "0"] }), ["predict", 1]);
  assert.deepEqual(done("2", { answers: ["10", "25"] }), ["predict", 1]);
  assert.equal(done("5"), null);
});

test("arrows turn the knobs, Enter goes on and with Shift back", () => {
  assert.deepEqual(done("ArrowLeft"), ["nudge", -1, false]);
  assert.deepEqual(done("ArrowUp"), ["nudge", 1, true]);
  assert.deepEqual(done("Enter"), ["next"]);
  assert.deepEqual(done("Enter", { shiftKey: true }), ["back"]);
});

test("letters that belong to Streamlit, and others, mean nothing", () => {
  for (const key of ["c", "r", "x", "Tab", " "]) assert.equal(done(key), null);
  assert.deepEqual(done("?"), ["sheet"]);
  assert.deepEqual(done("+"), ["resize", true]);
});
