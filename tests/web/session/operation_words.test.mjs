import assert from "node:assert/strict";
import { test } from "node:test";
import { doneInWords } from "../../../pages/web/session/operation_words.js";

const client = { classOf: (id) => (id === 7 ? { name: "seven" } : undefined) };

test("what was done is said by image or number, and by class or state", () => {
  assert.equal(doneInWords({ kind: "label", examples: [7011], label: 7 }, client), "image 7011 as seven");
  assert.equal(doneInWords({ kind: "junk", examples: [1, 2], label: null }, client), "2 images as junk");
  assert.equal(doneInWords({ kind: "clear", examples: [3], label: null }, client), "image 3 without a label");
});

test("a class that is gone is told by its number", () => {
  assert.equal(doneInWords({ kind: "label", examples: [1], label: 8 }, client), "image 1 as 8");
});
