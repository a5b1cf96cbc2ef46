import assert from "node:assert/strict";
import { test } from "node:test";
import { by } from "../../../pages/web/review/rows.js";

const at = (...when) => new Date(...when) / 1000;

test("who said it, and when", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: new Date(2026, 4, 10, 15, 0) });
  assert.equal(by("Ann", at(2026, 4, 10, 13, 41), "Ann"), "by you, today 13:41");
  assert.equal(by("Ben", at(2026, 4, 9, 23, 0), "Ann"), "by Ben, yesterday");
  assert.equal(by("", at(2026, 3, 2), "Ann"), "by somebody, 2 Apr");
});
