import assert from "node:assert/strict";
import { test } from "node:test";
import { Comparison } from "../../../pages/web/compare/comparison.js";
import { HttpError } from "../../../pages/web/shared/http.js";
import { Emitter } from "../../../pages/web/shared/emitter.js";

const RESULT = { steps: 3, seconds: 1, draws: { rows: 0 } };
const MEMBER = { id: "a b", in_use: true, results: { 10: RESULT } };
const settled = () => new Promise((done) => setImmediate(done));

/** A comparison whose server answers what `server` says now. */
function comparisonOf(t, server = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1e6 });
  const asked = [], told = [];
  const client = new Emitter();
  client.state = { labels: { seq: 1 }, session: { model: "m2" }, classes: [] };
  client.sayTrouble = (error) => told.push(error.message);
  const answer = () => ({ version: server.version ?? "1", by: "truth", labels: { who: server.who ?? "", newer: 0 }, job: server.job ?? null, members: [MEMBER] });
  client.api = {
    get: async (path) => (asked.push(path), server.error ? Promise.reject(server.error) : answer()),
    post: async (path, body) => (asked.push(body.do), server.error ? Promise.reject(server.error) : answer()),
    array: async (path) => (asked.push(path), { buffer: Uint8Array.of(1, 2, 200, 100).buffer }),
  };
  const comparison = new Comparison(client);
  t.after(() => comparison.destroy());
  const state = async () => (client.emit("state"), await settled());
  return { comparison, client, asked, told, state, tick: async (ms) => (t.mock.timers.tick(ms), await settled()) };
}

test("it is read with the first state, and again when labels have come, but not more often than a person reads", async (t) => {
  const { comparison, client, asked, state, tick } = comparisonOf(t);
  await state();
  await state();
  assert.equal(asked.length, 1);
  assert.equal(comparison.inUse, comparison.answer.members[0]);
  client.state.labels.seq += 1;
  await state();
  assert.equal(asked.length, 1);
  await tick(2000);
  assert.equal(asked.length, 2);
});

test("while models learn it is read every second", async (t) => {
  const server = { job: { state: "running" } };
  const { asked, state, tick, comparison } = comparisonOf(t, server);
  await state();
  await tick(1000);
  await tick(1000);
  assert.equal(asked.length, 3);
  assert.ok(comparison.isRunning);
  server.job = { state: "done" };
  await tick(1000);
  await tick(5000);
  assert.equal(asked.length, 4);
});

test("what a member says is read once", async (t) => {
  const { comparison, asked, state } = comparisonOf(t);
  await state();
  const changes = [];
  comparison.on("arrays", () => changes.push(1));
  assert.equal(comparison.opinion(MEMBER, 10), null);
  assert.equal(comparison.opinion(MEMBER, 10), null);
  await settled();
  const opinion = comparison.opinion(MEMBER, 10);
  assert.deepEqual([...opinion.best, ...opinion.p], [1, 2, 200, 100]);
  assert.equal(comparison.opinion(MEMBER, 10), opinion);
  assert.deepEqual(asked.slice(1), ["compare/guesses?member=a%20b&labels=10"]);
  assert.equal(changes.length, 1);
  assert.equal(comparison.opinion(MEMBER, 50), null);
  assert.equal(comparison.draws(MEMBER, 10), null);
  assert.equal(asked.length, 2);
});

test("a wish that is refused is told in the server's words, and nothing changes", async (t) => {
  const server = {};
  const { comparison, told, state } = comparisonOf(t, server);
  await state();
  const before = comparison.answer;
  server.error = new HttpError("Six models are the most.", 409, true);
  assert.equal(await comparison.wish({ do: "cancel" }), false);
  assert.deepEqual(told, ["Six models are the most."]);
  assert.equal(comparison.answer, before);
  assert.equal(comparison.isAsking, false);
});

test("where the server is away it is asked again", async (t) => {
  const server = { error: new Error("no") };
  const { comparison, asked, state, tick } = comparisonOf(t, server);
  await state();
  assert.match(comparison.error, /did not answer/);
  server.error = undefined;
  await tick(1999);
  assert.equal(asked.length, 1);
  await tick(1);
  assert.equal(asked.length, 2);
  assert.equal(comparison.error, "");
});

test("another's labels are wanted until the wish is let go", async (t) => {
  const { comparison, state } = comparisonOf(t);
  await state();
  comparison.want("Ana");
  assert.equal(comparison.who, "Ana");
  comparison.want("");
  assert.equal(comparison.wanted, null);
});

test("what could not be read is asked for again", async (t) => {
  const { comparison, client, asked, state, tick } = comparisonOf(t);
  await state();
  const { array } = client.api;
  client.api.array = async () => Promise.reject(new Error("no"));
  comparison.on("arrays", () => comparison.opinion(MEMBER, 10));
  assert.equal(comparison.opinion(MEMBER, 10), null);
  await settled();
  client.api.array = array;
  await tick(2000);
  assert.equal(asked.length, 2);
  assert.deepEqual([...comparison.opinion(MEMBER, 10).best], [1, 2]);
});
