import assert from "node:assert/strict";
import { test } from "node:test";
import { colourOf, initials, tidy } from "../../../pages/web/shared/people.js";

test("a name has single spaces and at most 60 letters, whole ones", () => {
  assert.equal(tidy("  Ana \n María  "), "Ana María");
  assert.equal([...tidy("🦉".repeat(70))].length, 60);
});

test("initials are those of the first and the last word", () => {
  assert.deepEqual(["Ana", "ana maría ruiz", ""].map(initials), ["A", "AR", ""]);
});

test("a name keeps its colour; without one it is grey", () => {
  assert.equal(colourOf("Ana"), colourOf("Ana"));
  assert.notEqual(colourOf("Ana"), colourOf("Ben"));
  assert.equal(colourOf(""), "hsl(0 0% 45%)");
});
