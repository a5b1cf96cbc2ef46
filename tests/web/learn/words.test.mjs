import assert from "node:assert/strict";
import { test } from "node:test";
import { Course } from "../../../pages/web/learn/course.js";
import { rounded } from "../../../pages/web/learn/rounded.js";
import { differenceInWords, runInWords, termsInWords } from "../../../pages/web/learn/run_line.js";
import { LESSON } from "./a_lesson.mjs";

test("terms are told as from what is kept to now; one that only now has, alone", () => {
  assert.equal(termsInWords({ information: 14.1 }, { information: 1, "class term": -2 }), "information 14.1 → 1.0 · class term −2.0 nats");
  assert.equal(termsInWords({}, {}), "");
});

test("a run says how far it is and what is left, once that is known", () => {
  assert.equal(runInWords({ state: "running", message: "training, step 3 of 9", seconds_left: 12.3 }), "training, step 3 of 9, 12 s left");
  assert.equal(runInWords({ state: "running", message: "starting", seconds_left: null }), "starting");
  assert.equal(runInWords(null), "starting");
});

test("what ran here is held against what ships by what the lesson says", () => {
  const course = new Course(LESSON);
  const of = (number) => ({ number, words: `${number} of 8 used` });
  assert.match(differenceInWords(course, of(3), of(2)), /^3 of 8 used; what ships: 2 of 8 used, within the ±2/);
  assert.match(differenceInWords(course, of(7), of(2)), /more than the ±2/);
  assert.match(differenceInWords(course, of(2), of(2)), /the same$/);
  course.data = "shells";
  assert.equal(differenceInWords(course, of(5), of(2)), "5 of 8 used, on the images you chose");
});

test("as much of a number is written as one reads", () => {
  assert.deepEqual([1234.5, 12.34, 0.512, 0.001, -0.25, NaN].map((value) => rounded(value)), ["1235", "12.3", "0.51", "0", "\u22120.25", "–"]);
  assert.equal(rounded(0.04, 1), "0");
});
