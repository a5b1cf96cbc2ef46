import assert from "node:assert/strict";
import { test } from "node:test";
import { ADDS, MISSES, differenceAt } from "../../../pages/web/shared/difference.js";

test("ink that is new is blue, ink that is missing is orange, and neither is nothing", () => {
  assert.deepEqual(differenceAt(0, 255), [...ADDS, 255]);
  assert.deepEqual(differenceAt(255, 0), [...MISSES, 255]);
  assert.deepEqual(differenceAt(0, 0), [0, 0, 0, 0]);
});

test("what both have is a faint grey", () => {
  const [red, green, blue, alpha] = differenceAt(200, 200);
  assert.deepEqual([red, green, blue], [128, 128, 128]);
  assert.ok(alpha > 20 && alpha < 100);
});
