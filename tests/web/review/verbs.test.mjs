import assert from "node:assert/strict";
import { test } from "node:test";
import { Verbs } from "../../../pages/web/review/verbs.js";

/** The verbs of a session, and what reached the client, in order. */
function verbsOf({ id = null, described = null } = {}) {
  const done = [];
  const client = {
    label: (examples, cls) => done.push(["label", examples, cls]),
    labelOverlay: { begin: () => {}, forget: () => done.push("forget") },
    outbox: { push: ({ kind, examples, class: cls }) => done.push([kind, examples, cls]) },
    changeClass: (kind, fields, { then, made }) => {
      done.push([kind, fields.name, then.examples]);
      made(id);
    },
    say: (sentence) => done.push(sentence), describe: () => described, step: (kind) => done.push(kind),
  };
  return { verbs: new Verbs(client), done };
}

test("a plain label goes the way of every label, so that this page can undo it", () => {
  const { verbs, done } = verbsOf();
  verbs.give([3], 1);
  assert.deepEqual(done, [["label", [3], 1]]);
});

test("an audit, or what is settled, makes what this page could undo void", () => {
  const { verbs, done } = verbsOf();
  verbs.give([3], 1, "audit");
  verbs.mark([4], "unsure");
  assert.deepEqual(done, ["forget", ["audit", [3], 1], "forget", ["unsure", [4], undefined]]);
});

test("a new class and its members go the way of every label; the id that the server gave it comes back", async () => {
  const { verbs, done } = verbsOf({ id: 7 });
  assert.equal(await verbs.found("sea lion", [1, 2]), 7);
  assert.deepEqual(done, [["class-add", "sea lion", [1, 2]]]);
});

test("of a class that is refused there is no id", async () => {
  assert.equal(await verbsOf().verbs.found("seal", [1]), null);
});

test("with nothing to undo a sentence says so", () => {
  const { verbs, done } = verbsOf();
  verbs.step("undo");
  assert.deepEqual(done, ["There is nothing to undo."]);
  const other = verbsOf({ described: "a label" });
  other.verbs.step("redo");
  assert.deepEqual(other.done, ["redo"]);
});
