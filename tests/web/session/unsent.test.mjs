import assert from "node:assert/strict";
import { test } from "node:test";
import { UnsentStore } from "../../../pages/web/session/unsent.js";

class Storage {
  setItem(name, text) {
    this[name] = text;
  }

  getItem(name) {
    return this[name] ?? null;
  }

  removeItem(name) {
    delete this[name];
  }
}

const op = (op_id, at = 1) => ({ op_id, kind: "label", examples: [1], class: 2, at });
const ids = (ops) => ops.map(({ op_id }) => op_id);

test("each session has its own, each page an entry, and the next page of a session takes over all of its", () => {
  const storage = new Storage();
  new UnsentStore("s1", "p1", storage).keep([op("a")], "Digits");
  new UnsentStore("s1", "p2", storage).keep([op("b")], "Digits");
  new UnsentStore("s2", "p3", storage).keep([op("c")], "Cats");
  new UnsentStore("s", "p4", storage).keep([op("d")], ""); // whose id the others begin with
  const page = new UnsentStore("s1", "p5", storage);
  assert.deepEqual(ids(page.adopt()).sort(), ["a", "b"]);
  assert.ok(page.keep([op("a"), op("b")], "Digits"));
  assert.equal(Object.keys(storage).filter((name) => name.startsWith("ssvae.outbox.s1.")).length, 1);
  assert.deepEqual(page.elsewhere(), [
    { session: "s2", name: "Cats", ops: [op("c")], since: 1 }, { session: "s", name: "", ops: [op("d")], since: 1 },
  ]);
  page.keep([], "Digits");
  assert.deepEqual(Object.keys(storage).sort(), ["ssvae.outbox-of.s2", "ssvae.outbox.s.p4", "ssvae.outbox.s2.p3"]);
});

test("another session's come back with its page, and go only when a person says so", () => {
  const storage = new Storage();
  new UnsentStore("s2", "p1", storage).keep([op("c")], "Cats");
  const here = new UnsentStore("s1", "p2", storage);
  here.adopt();
  here.keep([], "");
  assert.deepEqual(ids(new UnsentStore("s2", "p3", storage).adopt()), ["c"]);
  here.forget("s2");
  assert.deepEqual([here.elsewhere(), Object.keys(storage)], [[], []]);
});

test("what another tab has given a moment ago is on its way, and not told of", () => {
  const storage = new Storage();
  new UnsentStore("s2", "p1", storage).keep([op("c", 100_000)], "Cats");
  const here = new UnsentStore("s1", "p2", storage);
  assert.deepEqual(here.elsewhere(105_000), []);
  assert.equal(here.elsewhere(111_000).length, 1);
});

for (const [name, text] of Object.entries({ nothing: "", "no JSON": "[{", "no list": '{"a": 1}', "null": "null", "a number": "7" })) {
  test(`an entry that is ${name} is left where it is`, () => {
    const storage = new Storage();
    storage["ssvae.outbox.s.p1"] = text;
    const page = new UnsentStore("s", "p2", storage);
    assert.deepEqual(page.adopt(), []);
    page.keep([op("a")], "");
    page.keep([], "");
    assert.deepEqual(storage["ssvae.outbox.s.p1"], text);
  });
}

test("of a list only what is an operation is taken", () => {
  const storage = new Storage();
  storage["ssvae.outbox.s.p1"] = JSON.stringify([null, 3, { op_id: 7 }, { op_id: "x" }, op("a")]);
  assert.deepEqual(ids(new UnsentStore("s", "p2", storage).adopt()), ["a"]);
});

test("where nothing can be kept it says so, and earlier entries stay", () => {
  const storage = new Storage();
  new UnsentStore("s", "p1", storage).keep([op("a")], "");
  const full = { __proto__: storage, ...storage };
  Object.defineProperty(full, "setItem", { value: () => { throw new Error("full"); } });
  const page = new UnsentStore("s", "p2", full);
  assert.deepEqual(ids(page.adopt()), ["a"]);
  assert.equal(page.keep([op("a")], ""), false);
  assert.ok("ssvae.outbox.s.p1" in full);
});
