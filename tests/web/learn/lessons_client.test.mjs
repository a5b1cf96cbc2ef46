import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError } from "../../../pages/web/shared/http.js";
import { Lessons } from "../../../pages/web/learn/lessons_client.js";
import { LESSON } from "./a_lesson.mjs";

const PLACE = { lesson: "collapse", value: 16, free: 8, seed: 0, data: "" };
const settled = () => new Promise((done) => setImmediate(done));

/** Lessons whose server answers by path, and the paths that were asked for. */
function lessonsOf(t, answers = {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [];
  const given = { lessons: () => ({ lessons: [LESSON], data: [], run: null }), ...answers };
  const answer = async (path, body) => {
    asked.push(path);
    return given[path.split("?")[0]](body);
  };
  let changes = 0;
  const lessons = new Lessons({ get: answer, post: answer }, () => (changes += 1));
  return { lessons, asked, changes: () => changes };
}

async function wait(t, ms) {
  t.mock.timers.tick(ms);
  await settled();
}

test("a state is read once, and its arrival is told", async (t) => {
  const { lessons, asked, changes } = lessonsOf(t, { "lessons/collapse/state": () => ({ number: 2 }) });
  assert.equal(lessons.shipped(PLACE), null);
  assert.equal(lessons.shipped(PLACE), null);
  await settled();
  assert.deepEqual([lessons.shipped(PLACE), changes()], [{ number: 2 }, 1]);
  assert.deepEqual(asked, ["lessons/collapse/state?value=16&free=8"]);
});

test("what was not run here is known to be missing, until it was", async (t) => {
  let [ran, state] = [null, "running"];
  const run = () => ({ ...PLACE, state, error: "" });
  const { lessons } = lessonsOf(t, { "lessons/collapse/run": () => ran, "lessons/runs": run });
  await lessons.start();
  assert.equal(lessons.trained(PLACE), null);
  await settled();
  assert.equal(lessons.isMissing(PLACE), true);
  await lessons.begin(PLACE);
  assert.equal(lessons.isRunning, true);
  [ran, state] = [{ number: 3 }, "done"];
  await wait(t, 400);
  assert.equal(lessons.isRunning, false);
  lessons.trained(PLACE);
  await settled();
  assert.deepEqual(lessons.trained(PLACE), { number: 3 });
});

test("a server that does not answer is asked again, one that refuses is not", async (t) => {
  let error = new HttpError("lost");
  const { lessons, asked } = lessonsOf(t, { "lessons/collapse/state": () => {
    throw error;
  } });
  lessons.shipped(PLACE);
  await settled();
  assert.match(lessons.error, /did not answer/);
  await wait(t, 1500);
  error = new HttpError("There is no such state.", 404, true);
  lessons.shipped(PLACE);
  await settled();
  assert.equal(lessons.error, "There is no such state.");
  await wait(t, 5000);
  lessons.shipped(PLACE);
  assert.equal(asked.length, 2);
});

test("why a run was refused, or failed, is said in the server's words", async (t) => {
  let answer = () => {
    throw new HttpError("A lesson is running here.", 409, true);
  };
  const { lessons } = lessonsOf(t, { "lessons/runs": () => answer() });
  await lessons.start();
  await lessons.begin(PLACE);
  assert.deepEqual([lessons.error, lessons.isRunning], ["A lesson is running here.", false]);
  answer = () => ({ ...PLACE, state: "running", error: "" });
  await lessons.begin(PLACE);
  answer = () => ({ ...PLACE, state: "failed", error: "The disk is full." });
  await wait(t, 400);
  assert.deepEqual([lessons.error, lessons.isRunning], ["The disk is full.", false]);
});

test("a run that was under way when the page came is followed", async (t) => {
  const { lessons, asked } = lessonsOf(t, { lessons: () => ({ lessons: [LESSON], data: [], run: { ...PLACE, state: "running" } }),
    "lessons/runs": () => ({ ...PLACE, state: "cancelled", error: "" }) });
  await lessons.start();
  await wait(t, 400);
  assert.equal(lessons.run.state, "cancelled");
  assert.ok(asked.includes("lessons/runs"));
});
