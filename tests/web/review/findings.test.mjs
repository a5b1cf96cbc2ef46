import assert from "node:assert/strict";
import { test } from "node:test";
import { Findings } from "../../../pages/web/review/findings.js";
import { HttpError } from "../../../pages/web/shared/http.js";
import { Emitter } from "../../../pages/web/shared/emitter.js";

/** Findings of a session at `seq`, whose server answers each path with itself; paths that were asked for. */
function findingsOf(t, answer = async (path) => ({ path })) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const [asked, client] = [[], new Emitter()];
  client.state = { labels: { seq: 1 }, snapshot: null };
  client.api = { get: (path) => (asked.push(path), answer(path)) };
  const findings = new Findings(client, { doubts: "review/doubts" }, () => {});
  const label = async () => {
    client.state.labels.seq++;
    client.emit("state");
    await settled();
  };
  return { findings, client, asked, label };
}

const settled = () => new Promise((done) => setImmediate(done));

test("a finding is read at the first state, and not again while nothing changes", async (t) => {
  const { findings, client, asked } = findingsOf(t);
  assert.equal(findings.of("doubts"), null);
  client.emit("state");
  await settled();
  client.emit("state");
  t.mock.timers.tick(5000);
  await settled();
  assert.deepEqual(asked, ["review/doubts"]);
  assert.deepEqual(findings.of("doubts"), { path: "review/doubts" });
});

test("after a label it is read again, but not sooner than 1.5 s after it was", async (t) => {
  const { asked, label } = findingsOf(t);
  await label();
  await label();
  assert.equal(asked.length, 1);
  t.mock.timers.tick(1500);
  await settled();
  assert.equal(asked.length, 2);
});

test("another path is read at once; an answer for the path before is let go", async (t) => {
  const answers = [];
  const { findings, client, asked } = findingsOf(t, (path) => new Promise((done) => answers.push(() => done({ path }))));
  client.emit("state");
  findings.ask("doubts", "review/doubts?again");
  answers[0]();
  await settled();
  assert.equal(findings.of("doubts"), null);
  answers[1]();
  await settled();
  assert.deepEqual(asked, ["review/doubts", "review/doubts?again"]);
  assert.equal(findings.of("doubts").path, "review/doubts?again");
});

test("a failure is said in words, and the value before stays", async (t) => {
  let fails = false;
  const { findings, label } = findingsOf(t, async (path) => {
    if (fails) throw new HttpError("The trainer is away.", 503, true);
    return { path };
  });
  await label();
  assert.equal(findings.errorOf("doubts"), "");
  fails = true;
  t.mock.timers.tick(1500);
  await label();
  assert.equal(findings.errorOf("doubts"), "The trainer is away.");
  assert.deepEqual(findings.of("doubts"), { path: "review/doubts" });
});
