import assert from "node:assert/strict";
import { test } from "node:test";
import { readLink, writeLink } from "../../../pages/web/compare/link.js";

const HABIT = { member: null, labels: null, view: "difference", panel: "bound" };

test("an address without any of it shows what is the page's habit", () => {
  assert.deepEqual(readLink("?session=a"), HABIT);
  assert.equal(writeLink("?session=a", HABIT), "?session=a");
});

test("what is written into an address is read from it, and nothing else of it is lost", () => {
  const link = { member: "m2-1", labels: 50, view: "plain", panel: "confusion" };
  const search = writeLink("?session=a%20b&x=1", link);
  assert.deepEqual(readLink(search), link);
  assert.equal(new URLSearchParams(search).get("session"), "a b");
  assert.equal(new URLSearchParams(search).get("x"), "1");
  assert.equal(writeLink(search, HABIT), "?session=a+b&x=1");
});

test("what means nothing in an address is left aside", () => {
  assert.deepEqual(readLink("?labels=-3&view=upside&panel="), HABIT);
  assert.deepEqual(readLink("?labels=4.5"), HABIT);
});
