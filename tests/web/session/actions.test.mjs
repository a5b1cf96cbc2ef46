import assert from "node:assert/strict";
import { test } from "node:test";
import { Actions } from "../../../pages/web/session/actions.js";

/** Actions on a client that is as `known` says; `done` tells what was called, in order. */
function acting(known) {
  const done = [];
  const note = (name) => (...given) => void done.push([name, ...given]);
  const client = {
    focus: null, selection: new Set(), selectedOn: null, classes: [], state: null,
    guessOf: () => null, isOpen: () => true, describe: () => null, ...known,
    say: note("say"), give: note("give"), label: note("label"), command: note("command"), setFocus: note("setFocus"),
  };
  const actions = new Actions(client);
  actions.queue = { isWaiting: false, next: note("next"), settle: note("settle"), willSkip: note("willSkip") };
  actions.map = { clear: note("clear") };
  return { actions, done, note };
}

test("a class goes to the framed example, and the frame goes on", () => {
  const { actions, done } = acting({ focus: 5 });
  actions.assign(2);
  assert.deepEqual(done, [["give", "label", [5], null, 2], ["next"]]);
});

test("a class goes to the selection before the frame, with the map on which it was made", () => {
  const { actions, done } = acting({ focus: 5, selection: new Set([1, 2]), selectedOn: 9 });
  actions.put("skip");
  assert.deepEqual(done, [["clear"], ["willSkip", [1, 2]], ["give", "skip", [1, 2], 9, undefined], ["settle"]]);
});

test("the board, where it is open, has the say before both", () => {
  const { actions, done, note } = acting({ focus: 5, selection: new Set([1]) });
  actions.grid = { isOpen: true, say: note("board"), accept: note("accept") };
  actions.assign(2);
  actions.accept();
  assert.deepEqual(done, [["board", "label", 2], ["accept"]]);
});

test("accepting gives the framed example its guess, and says where there is none", () => {
  const { actions, done } = acting({ focus: 5, guessOf: () => ({ best: 3, p: 1, second: null, p2: 0 }) });
  actions.accept();
  assert.deepEqual(done, [["label", [5], 3], ["next"]]);
  const without = acting({ focus: 5 });
  without.actions.accept();
  assert.deepEqual(without.done, [["say", "There is no guess to accept yet. Press a class key."]]);
});

test("undoing one example frames it again, redoing does not", () => {
  const { actions, done } = acting({ describe: () => "image 4 as 7", step: () => [4] });
  actions.step("undo");
  actions.step("redo");
  assert.deepEqual(done, [["setFocus", 4]]);
});

test("pausing resumes a paused trainer and says where there is none to pause", () => {
  const states = ["training", "paused", "failed"].map((state) => {
    const { actions, done } = acting({ state: { trainer: { state } } });
    actions.pause();
    return done[0];
  });
  assert.deepEqual(states, [["command", "pause"], ["command", "resume"], ["say", "The trainer cannot be paused now."]]);
});
