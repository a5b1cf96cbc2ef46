import assert from "node:assert/strict";
import { test } from "node:test";
import { NONE, STATES } from "../../../pages/web/session/label_overlay.js";
import { SessionState } from "../../../pages/web/session/session_state.js";

function known() {
  const session = new SessionState();
  const classes = ["cat", "dog"].map((name, id) => ({ id, name, key: String(id), glyph: name[0], colour: null, count: 0 }));
  session.takeState({ classes, labels: { seq: 5 }, map: { version: 2 }, snapshot: { rev: "r" } });
  session.labelOverlay.load(Uint8Array.of(1, STATES.junk, NONE), 5);
  return session;
}

function heard(session, name) {
  const told = [];
  session.on(name, (detail) => told.push(detail));
  return told;
}

test("what is said of an example is a class, a state or nothing", () => {
  const session = known();
  assert.deepEqual([0, 1, 2].map((k) => session.labelOf(k)), [1, null, null]);
  assert.deepEqual([0, 1, 2].map((k) => session.stateOf(k)), [null, "junk", null]);
  assert.deepEqual([0, 1, 2].map((k) => session.isOpen(k)), [false, false, true]);
});

test("a class has a look, and one that is gone or none is undefined", () => {
  const session = known();
  assert.equal(session.classOf(1).look.fill, "var(--c1)");
  assert.deepEqual([session.classOf(9), session.classOf(null)], [undefined, undefined]);
});

test("guesses name only classes that are there", () => {
  const session = known();
  assert.equal(session.guessOf(0), null);
  session.takeGuesses({ buffer: Uint8Array.of(9, 255, 1, 51).buffer, version: null });
  assert.deepEqual([session.guesses.rev, session.guessOf(0).best], ["r", 1]);
});

test("framing tells only of another example", () => {
  const session = known();
  const told = heard(session, "focus");
  session.setFocus(2);
  session.setFocus(2);
  assert.equal(told.length, 1);
});

test("an empty selection was made on no map", () => {
  const session = known();
  session.setSelection([1, 2], 7);
  assert.deepEqual([[...session.selection], session.selectedOn], [[1, 2], 7]);
  session.setSelection([], 7);
  assert.equal(session.selectedOn, null);
});
