import assert from "node:assert/strict";
import { test } from "node:test";
import { age, count, howFar, many, plusMinus, preciseShare, share, signed, twoPlaces, wholeAge } from "../../../pages/web/shared/format.js";

test("thousands are set apart by a space that does not break", () => {
  assert.equal(count(60000), "60\u00a0000");
  assert.equal(count(1234567.4), "1\u00a0234\u00a0567");
  assert.equal(count(999), "999");
});

test("shares are whole percents, or tenths where they are told precisely", () => {
  assert.equal(share(0.524), "52%");
  assert.equal(preciseShare(0.9672), "96.7%");
});

test("a negative number has the true minus sign", () => {
  assert.equal(signed(-97.43), "\u221297.4");
  assert.equal(signed(3), "3.0");
  assert.deepEqual([plusMinus(0.5), plusMinus(-2), plusMinus(-0.001)], ["+0.5", "\u22122", "0"]);
  assert.deepEqual([twoPlaces(0.256), twoPlaces(-0.1)], ["0.26", "\u22120.10"]);
});

test("what is left is told as a bound where work may end before it", () => {
  assert.equal(howFar("pass 3 of at most 60", 1140), "pass 3 of at most 60, at most 19 min left");
  assert.equal(howFar("3 200 of 10 000", 38), "3 200 of 10 000, 38 s left");
  assert.equal(howFar("", null), "");
});

test("ages grow coarser as they grow longer", () => {
  assert.deepEqual([0.62, 75, 400, 8000].map(age), ["0.6 s", "75 s", "7 min", "2 h"]);
  assert.equal(age(-1), "0.0 s");
});

test("an estimated age has no tenths and is never nothing", () => {
  assert.deepEqual([0.2, 3.6, 38].map(wholeAge), ["1 s", "4 s", "38 s"]);
});

test("one image is no images", () => {
  assert.equal(many(1, "image"), "1 image");
  assert.equal(many(82, "image"), "82 images");
});
