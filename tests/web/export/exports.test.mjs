import assert from "node:assert/strict";
import { test } from "node:test";
import { Exports } from "../../../pages/web/export/exports.js";
import { HttpError } from "../../../pages/web/shared/http.js";

const FORMATS = [{ name: "csv", why_not: "" }, { name: "onnx", why_not: "There is no model yet." }];

/** The exports of a session whose server answers by path, and the paths that were asked for. */
function exportsOf(t, answers = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const asked = [];
  const given = { exports: () => ({ formats: FORMATS, exports: [], job: null }), ...answers };
  const answer = async (path, body) => {
    asked.push(path);
    return given[path.split("?")[0]]?.(body) ?? { labels: 1, guesses: 2 };
  };
  const client = { state: { labels: { seq: 1 }, snapshot: null }, api: { get: answer, post: (path, body) => answer(path, body) } };
  return { exports: new Exports(client, () => {}), client, asked };
}

const settled = () => new Promise((done) => setImmediate(done));

/** Lets time pass, and what it set off be answered. */
async function wait(t, ms) {
  t.mock.timers.tick(ms);
  await settled();
}

test("the first state brings the formats and a count", async (t) => {
  const { exports, asked } = exportsOf(t);
  exports.follow();
  await wait(t, 0);
  assert.deepEqual(asked, ["exports", "exports/count?what=all&min_confidence=0&junk=0"]);
  assert.equal(exports.format.name, "csv");
  assert.equal(exports.counted.labels, 1);
});

test("while a slider moves, the count is asked for once", async (t) => {
  const { exports, asked } = exportsOf(t);
  for (const share of [0.1, 0.2, 0.3]) exports.set({ min_confidence: share });
  await wait(t, 120);
  assert.deepEqual(asked, ["exports/count?what=all&min_confidence=0.3&junk=0"]);
});

test("a state with the same labels and guesses asks for nothing, others at most every 1.5 s", async (t) => {
  const { exports, client, asked } = exportsOf(t);
  exports.follow();
  await wait(t, 0);
  asked.length = 0;
  exports.follow();
  await wait(t, 2000);
  assert.deepEqual(asked, []);
  client.state.labels.seq = 2;
  exports.follow();
  await wait(t, 1500);
  assert.equal(asked.filter((path) => path.startsWith("exports/count")).length, 1);
});

test("an export under way is looked at until it ends", async (t) => {
  let state = "running";
  const job = () => ({ state, format: "csv" });
  const { exports } = exportsOf(t, { exports: (body) => (body ? job() : { formats: FORMATS, exports: [], job: job() }) });
  exports.follow();
  await wait(t, 0);
  await exports.begin();
  await settled();
  assert.equal(exports.isWriting, true);
  state = "done";
  await wait(t, 300);
  assert.equal(exports.isWriting, false);
});

test("why an export was refused is said in the server's words, a lost server in ours", async (t) => {
  let error = new HttpError("An export is being written.", 400, true);
  const { exports } = exportsOf(t, { exports: () => {
    throw error;
  } });
  await exports.begin();
  assert.equal(exports.error, "An export is being written.");
  error = new HttpError("lost");
  await exports.begin();
  assert.equal(exports.error, "The server did not answer. Try again.");
});

test("from the click on, it is being written, and an older look or count says nothing of it", async (t) => {
  const [begun, looks] = [[], []];
  const { exports, asked } = exportsOf(t, { exports: (body) => new Promise((answer) => (body ? begun : looks).push(answer)) });
  exports.follow();
  looks[0]({ formats: FORMATS, exports: [], job: null });
  await wait(t, 0);
  exports.begin();
  assert.equal(exports.isWriting, true);
  exports.cancel();
  await settled();
  assert.equal(asked.includes("exports/cancel"), false); // nothing could be cancelled yet
  begun[0]({ state: "running", format: "csv", share: 0, message: "" });
  await settled();
  assert.equal(asked.includes("exports/cancel"), true);
  exports.client.state.labels.seq = 2;
  exports.follow(); // a second look, because a format is not to be had
  looks[2]({ formats: FORMATS, exports: [{ id: "e1" }], job: { state: "done" } });
  await settled();
  looks[1]({ formats: FORMATS, exports: [], job: null });
  await settled();
  assert.deepEqual([exports.isWriting, exports.all.exports.length], [false, 1]);
});

test("a count of choices that are no longer made is not shown", async (t) => {
  const counts = [];
  const { exports } = exportsOf(t, { "exports/count": () => new Promise((answer) => counts.push(answer)) });
  exports.set({ what: "labels" });
  await wait(t, 120);
  exports.set({ what: "all" });
  await wait(t, 120);
  counts[1]({ labels: 7, guesses: 9 });
  await settled();
  counts[0]({ labels: 7, guesses: 0 });
  await settled();
  assert.equal(exports.counted.guesses, 9);
});
