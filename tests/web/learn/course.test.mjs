import assert from "node:assert/strict";
import { test } from "node:test";
import { Course, answerKeys, inWords } from "../../../pages/web/learn/course.js";
import { LESSON } from "./a_lesson.mjs";

test("nothing moves before it is said what will come, or that one cannot say", () => {
  const course = new Course(LESSON);
  course.turn(16);
  course.nudge(1, false);
  course.toggleRun();
  assert.deepEqual([course.value, course.isLocked, course.isRun, course.step], [1, true, false, "predict"]);
  course.skip();
  course.turn(16);
  assert.deepEqual([course.value, course.isSeen, course.answer], [16, true, null]);
});

test("an answer stays, and one that is none is not taken", () => {
  const course = new Course(LESSON);
  course.predict(7);
  assert.equal(course.isLocked, true);
  course.predict(1);
  course.predict(2);
  course.skip();
  assert.deepEqual([course.answer, course.isRight, course.isSkipped], [1, false, false]);
});

test("next goes from step to step: the knob to where the question asks, why, the free knob, the next lesson", () => {
  const course = new Course(LESSON);
  course.predict(2);
  const kinds = [];
  for (;;) {
    kinds.push(course.nextKind);
    if (!course.next()) break;
  }
  assert.deepEqual(kinds, ["move", "why", "free", "leave"]);
  assert.deepEqual([course.value, course.step, course.progress], [16, "free", "done"]);
});

test("back goes one step, and puts the free knob where it was", () => {
  const course = Course.fromQuery(LESSON, { answer: "1", step: "free", free: "1" });
  assert.equal(course.free, 1);
  assert.equal(course.back(), true);
  assert.deepEqual([course.step, course.free], ["why", 0]);
  assert.equal(course.back(), true);
  assert.equal(course.canGoBack, false);
  assert.equal(course.back(), false);
});

test("knobs go from mark to mark and stop at the ends; the free one only when it is let go", () => {
  const course = new Course(LESSON);
  course.predict(0);
  course.nudge(1, false);
  course.nudge(1, false);
  course.nudge(1, true);
  assert.deepEqual([course.value, course.free], [16, 0]);
  course.next();
  course.next();
  course.nudge(1, true);
  course.nudge(-1, false);
  assert.deepEqual([course.value, course.free], [1, 1]);
});

test("a link holds all of it, and gives the same course", () => {
  const course = new Course(LESSON);
  course.predict(1);
  course.next();
  course.next();
  course.next();
  course.turnFree(1);
  course.reseed(7);
  course.data = "shells-1f";
  course.isRun = true;
  const query = course.toQuery();
  const again = Course.fromQuery(LESSON, new URLSearchParams(query));
  assert.deepEqual(again.toQuery(), query);
  assert.deepEqual({ ...again }, { ...course });
});

test("a link that cannot be is a lesson from the beginning, or what of it can be", () => {
  assert.deepEqual({ ...Course.fromQuery(LESSON, { answer: "9", knob: "16", step: "free" }) }, { ...new Course(LESSON) });
  const odd = Course.fromQuery(LESSON, { answer: "1", knob: "3", free: "x", seed: "-1", step: "nowhere" });
  assert.deepEqual([odd.value, odd.free, odd.seed, odd.step], [1, 0, 0, "look"]);
  assert.equal(Course.fromQuery({ ...LESSON, needs: "digits" }, { answer: "1", data: "x" }).data, "");
  assert.equal(Course.fromQuery(LESSON, { answer: "skip", knob: "16" }).value, 16);
});

test("another place or seed is not what ran here", () => {
  const course = Course.fromQuery(LESSON, { answer: "1", knob: "16", run: "1" });
  assert.equal(course.isRun, true);
  course.turn(1);
  assert.equal(course.isRun, false);
  course.toggleRun();
  course.reseed(2);
  assert.equal(course.isRun, false);
});

test("on images of one's own nothing ships: what ran here is shown", () => {
  const course = Course.fromQuery(LESSON, { answer: "1", knob: "16", run: "1" });
  course.choose("shells");
  assert.deepEqual([course.isRun, course.showsRun], [false, true]);
  course.choose("");
  assert.equal(course.showsRun, false);
});

test("answers that are different digits are their own keys, others are counted", () => {
  assert.deepEqual(answerKeys(["8", "5", "2", "0"]), ["8", "5", "2", "0"]);
  assert.deepEqual(answerKeys(["8", "12", "2"]), ["1", "2", "3"]);
  assert.deepEqual(answerKeys(["5 %", "40 %"]), ["1", "2"]);
});

test("a value is read with its symbol, and without one by its word", () => {
  assert.equal(inWords(LESSON.knob, 16), "β = 16");
  assert.equal(inWords(LESSON.free_knob, 1), "conv");
});
