import assert from "node:assert/strict";
import { test } from "node:test";
import { Shelf } from "../../../pages/web/data/shelf.js";

const SETS = [{ id: "s2", name: "birds" }, { id: "s1", name: "cats" }];
const listed = (more = {}) => ({ ready: [], sets: SETS, roots: [], most_bytes: 1, import: null, learning: null, ...more });

/** A shelf whose server answers `all`, and keeps what is posted to it as [path, body]. */
function shelfOf(t, all, answer = async () => ({})) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const posted = [];
  const server = {
    get: async (path = "") => (path ? { id: path.split("/")[1], name: path, role: "truth", policy: { side: 28 }, channels: "", reading: [] } : structuredClone(all)),
    post: (path, body) => (posted.push([path, body]), answer(path, body)),
  };
  return { shelf: new Shelf(server, () => {}), posted };
}

const settled = () => new Promise((done) => setImmediate(done));

test("at first the newest set's report is shown", async (t) => {
  const { shelf } = shelfOf(t, listed());
  shelf.start();
  await settled();
  assert.equal(shelf.shown, "s2");
  assert.equal(shelf.report.id, "s2");
  assert.equal(shelf.isBusy, false);
});

test("while an import runs no report is shown, and it is looked at again soon", async (t) => {
  const { shelf } = shelfOf(t, listed({ import: { state: "running", number: 3, set: null, map: null } }));
  shelf.start();
  await settled();
  assert.equal(shelf.shown, null);
  assert.equal(shelf.isBusy, true);
  shelf.server.get = async () => listed({ import: { state: "failed", number: 3, error: "The disk is full.", set: null, map: null } });
  t.mock.timers.tick(250);
  await settled();
  assert.equal(shelf.error, "The disk is full.");
  assert.equal(shelf.isBusy, false);
});

test("a path is imported as it was written, into the set that was meant", async (t) => {
  const { shelf, posted } = shelfOf(t, listed());
  shelf.start();
  await settled();
  await shelf.read("~/scans", "s1");
  assert.deepEqual(posted, [["imports", { path: "~/scans", to: "s1" }]]);
});

test("a set is read again with the choices it had, but for the one that changes", async (t) => {
  const { shelf, posted } = shelfOf(t, listed());
  shelf.start();
  await settled();
  await shelf.again({ side: 64 });
  assert.deepEqual(posted, [["imports", { again: "s2", role: "truth", side: 64, channels: "auto", reading: {} }]]);
});

test("what the server refuses is said in its words", async (t) => {
  const refuse = async () => {
    throw new Error("An import is running. Wait for it, or cancel it first.");
  };
  const { shelf } = shelfOf(t, listed(), refuse);
  shelf.start();
  await settled();
  await shelf.remove("s1");
  assert.equal(shelf.error, "An import is running. Wait for it, or cancel it first.");
});

test("a set that is read another way keeps its role; what its images are like is found anew", async (t) => {
  const { shelf, posted } = shelfOf(t, listed());
  shelf.start();
  await settled();
  shelf.report.reading = [{ name: "header", title: "Header", value: "", options: [["", "None"], ["first-row", "The first row"]], is_chosen: false }];
  await shelf.readAs("header", "first-row");
  assert.deepEqual(posted, [["imports", { again: "s2", role: "truth", reading: { header: "first-row" } }]]);
});

test("what was asked before an import begins says nothing of it", async (t) => {
  const done = (number) => listed({ import: { state: "done", number, set: "s2", map: null } });
  const { shelf } = shelfOf(t, done(1), async () => ({ state: "running", number: 2, set: null, map: null }));
  shelf.start();
  await settled();
  const answers = [];
  shelf.server.get = (path = "") => (path ? Promise.resolve({ id: "s2", role: "truth" }) : new Promise((answer) => answers.push(answer)));
  t.mock.timers.tick(4000);
  assert.equal(answers.length, 1);
  shelf.again({ channels: "colour" });
  answers[0](done(1));
  await settled();
  assert.equal(shelf.isBusy, true);
  answers[1](listed({ import: { state: "running", number: 2, set: null, map: null } }));
  await settled();
  assert.equal(shelf.isBusy, true);
  t.mock.timers.tick(250);
  assert.equal(answers.length, 3); // one look after the other, not two at once
  answers[2](done(2));
  await settled();
  assert.deepEqual([shelf.isBusy, shelf.shown], [false, "s2"]);
});

test("what is added while something is read is refused in words, and not asked of the server", async (t) => {
  const { shelf, posted } = shelfOf(t, listed({ import: { state: "running", number: 1, name: "cats", set: null, map: null } }));
  shelf.start();
  await settled();
  await shelf.take([{ path: "a.png", file: {} }]);
  assert.match(shelf.error, /^cats is being read/);
  await shelf.read("~/scans");
  assert.deepEqual(posted, []);
});

test("of two roles chosen one after the other the second stays, whatever is answered when", async (t) => {
  const { shelf, posted } = shelfOf(t, listed());
  shelf.start();
  await settled();
  const held = [];
  shelf.server.post = (path, body) => (posted.push(body.role), new Promise((answer) => held.push(answer)));
  const both = [shelf.setRole("ignore"), shelf.setRole("labels")];
  await settled();
  assert.deepEqual(posted, ["ignore"]); // the other waits for its turn
  held[0]({});
  await settled();
  assert.deepEqual([posted, shelf.report.role], [["ignore", "labels"], "labels"]);
  shelf.server.get = async (path) => (path ? { id: "s2", role: "labels" } : listed());
  held[1]({});
  await Promise.all(both);
  assert.equal(shelf.report.role, "labels");
});

test("an import that is cancelled at once is cancelled after it has begun", async (t) => {
  const held = [];
  const { shelf, posted } = shelfOf(t, listed(), (path) => (path === "imports" ? new Promise((answer) => held.push(answer)) : {}));
  shelf.start();
  await settled();
  shelf.read("~/scans");
  shelf.cancel();
  await settled();
  assert.deepEqual(posted.map(([path]) => path), ["imports"]);
  held[0]({ state: "running", number: 1, set: null, map: null });
  await settled();
  assert.deepEqual(posted.map(([path]) => path), ["imports", "imports/cancel"]);
});
