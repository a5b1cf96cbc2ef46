import assert from "node:assert/strict";
import { test } from "node:test";
import { points } from "../../../pages/web/shared/sparkline.js";

test("the values are stretched over the whole box, the highest at the top", () => {
  assert.equal(points([0, 10, 5]), "2.0,34.0 75.0,2.0 148.0,18.0");
});

test("values that are all the same are a line at the bottom", () => {
  assert.equal(points([7, 7]), "2.0,34.0 148.0,34.0");
});
