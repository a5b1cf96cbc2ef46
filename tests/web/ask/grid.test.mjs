import assert from "node:assert/strict";
import { test } from "node:test";
import { Grid, PAGE } from "../../../pages/web/ask/grid.js";
import { guessedClasses } from "../../../pages/web/ask/guessed_classes.js";
import { LayoutModes } from "../../../pages/web/ask/layout_modes.js";
import { NONE } from "../../../pages/web/session/label_overlay.js";
import { SessionState } from "../../../pages/web/session/session_state.js";

const range = (from, to) => Array.from({ length: to - from }, (_, k) => from + k);

/** A board over a session of n open examples whose guess is example % 2; `done` tells what was given. */
function board({ n = 100, waiting = [], fresh = [] } = {}) {
  const client = new SessionState();
  const done = [];
  const classes = ["cat", "dog"].map((name, id) => ({ id, name, key: String(id), glyph: name[0], colour: null, count: 0 }));
  client.takeState({ classes, labels: { seq: 0 }, map: { version: 2 }, snapshot: { rev: "r" } });
  client.labelOverlay.load(new Uint8Array(n).fill(NONE), 0);
  client.takeGuesses({ buffer: guessesOf(n), version: "r" });
  client.say = (text) => done.push(["say", text]);
  client.give = (kind, examples, version, cls) => {
    done.push([kind, [...examples], version, cls]);
    client.labelOverlay.record({ op_id: String(done.length), kind, examples: [...examples], class: cls });
    client.emit("labels", { examples, own: true });
  };
  client.label = (examples, cls, version) => client.give("label", examples, version, cls);
  const items = (examples) => examples.map((example) => ({ example, why: "" }));
  const queue = {
    waiting: () => items(waiting), fresh: async () => items(fresh), itemOf: () => undefined,
    next: () => done.push(["next"]), willSkip: (examples) => done.push(["willSkip", examples]),
  };
  const layoutModes = new LayoutModes({ dataset: {} });
  return { grid: new Grid({ client, queue, layoutModes }), client, done, layoutModes };
}

function guessesOf(n) {
  const planes = new Uint8Array(4 * n);
  for (let i = 0; i < n; i++) [planes[i], planes[n + i], planes[2 * n + i], planes[3 * n + i]] = [i % 2, 200 - i, 1 - (i % 2), 10];
  return planes.buffer;
}

const settled = () => new Promise((then) => setImmediate(then));

test("without a selection it shows what waits in the queue, the first of it framed", () => {
  const { grid, client, layoutModes } = board({ waiting: range(10, 40) });
  grid.toggle();
  assert.deepEqual([grid.source.kind, grid.page.length, client.focus, layoutModes.view], ["queue", 30, 10, "board"]);
  grid.toggle();
  assert.deepEqual([grid.isOpen, layoutModes.view], [false, "grid"]);
});

test("a selection comes least sure first, and is called as most of it is guessed", () => {
  const { grid, client } = board();
  client.setSelection([2, 4, 5], 7);
  grid.toggle();
  assert.deepEqual([grid.page, grid.given, grid.source.version], [[5, 4, 2], 0, 7]);
});

test("Enter gives the unmarked ones their guesses, one step for each class", () => {
  const { grid, client, done } = board({ waiting: range(0, 30) });
  grid.toggle();
  for (const example of range(4, 30)) grid.mark(example);
  grid.accept();
  assert.deepEqual(done, [["label", [0, 2], undefined, 0], ["label", [1, 3], undefined, 1]]);
  assert.equal(client.focus, 4); // the first marked one is next
});

test("a class key goes to the framed one, which is then no longer marked", () => {
  const { grid, client, done } = board({ waiting: range(0, 30) });
  grid.toggle();
  grid.mark(3);
  grid.mark(8);
  client.setFocus(3);
  grid.say("label", 1);
  assert.deepEqual(done, [["label", [3], undefined, 1]]);
  assert.deepEqual([[...grid.marked], client.focus], [[8], 8]);
});

test("skipping tells the queue first", () => {
  const { grid, done } = board({ waiting: range(0, 30) });
  grid.toggle();
  grid.say("skip");
  assert.deepEqual(done.map(([what]) => what), ["willSkip", "skip"]);
});

test("on a pile a key is for all that is marked, and what joins the pile is shown", () => {
  const { grid, client, done } = board();
  client.give("junk", [1, 2]);
  grid.openPile("junk");
  grid.mark(1);
  grid.mark(2);
  grid.say("clear");
  client.give("junk", [9]);
  assert.deepEqual(done[1], ["clear", [1, 2], undefined, undefined]);
  assert.deepEqual(grid.page, [1, 2, 9]);
});

test("pages turn within the examples, without the marks", () => {
  const { grid, client } = board({ n: 200, waiting: range(0, PAGE + 2) });
  grid.toggle();
  grid.mark(1);
  grid.turn(-1);
  assert.deepEqual([grid.at, grid.marked.size], [0, 1]);
  grid.turn(1);
  assert.deepEqual([grid.page, grid.marked.size, client.focus], [[PAGE, PAGE + 1], 0, PAGE]);
  grid.turn(1);
  assert.equal(grid.at, PAGE);
});

test("a page of the queue that is done with gives way to the next", async () => {
  const { grid } = board({ waiting: range(0, 30), fresh: range(50, 60) });
  grid.toggle();
  grid.accept();
  await settled();
  assert.deepEqual(grid.page, range(50, 60));
});

test("a selection that is done with is let go", () => {
  const { grid, client, done } = board();
  client.setSelection([2, 4]);
  grid.toggle();
  grid.accept();
  assert.deepEqual(done.at(-2), ["say", "All 2 images have an answer."]);
  assert.deepEqual([grid.isOpen, client.selection.size], [false, 0]);
});

test("where nothing can be accepted it says why", () => {
  const { grid, done } = board({ waiting: range(0, 30) });
  grid.toggle();
  for (const example of range(0, 30)) grid.mark(example);
  grid.accept();
  assert.match(done[0][1], /marked ones wait/);
});

test("a map that has moved under a selection does not refuse its labels", () => {
  const { grid, client } = board();
  client.setSelection([2, 4], 7);
  grid.toggle();
  client.takeMap({ buffer: new ArrayBuffer(8), version: "8" });
  assert.equal(grid.source.version, null);
});

test("classes are counted by the guesses, the commonest first", () => {
  const guessOf = (example) => (example < 0 ? null : { best: example % 3 });
  assert.deepEqual(guessedClasses({ guessOf }, [1, 2, 4, -1]), [1, 2]);
});
