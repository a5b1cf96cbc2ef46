import assert from "node:assert/strict";
import { test } from "node:test";
import { Link, rounded } from "../../../pages/web/explore/link.js";

function linkAt(search) {
  const at = { pathname: "/explore", search };
  const link = new Link(at, (address) => {
    at.search = address.slice(at.pathname.length);
  });
  return { at, link };
}

test("what is set comes back from the address, beside what others have there", () => {
  const { at, link } = linkAt("?session=abc");
  link.see("style");
  link.sow(12);
  link.set("style", { example: 3, turned: { 4: 0.12345 } });
  const again = linkAt(at.search).link;
  assert.equal(new URLSearchParams(at.search).get("session"), "abc");
  assert.equal(again.view, "style");
  assert.equal(again.seed, 12);
  assert.deepEqual(again.get("style"), { example: 3, turned: { 4: 0.123 } });
});

test("what the page around forgot is put back, and what is there is not written again", () => {
  const { at, link } = linkAt("?session=abc");
  link.set("style", { example: 3 });
  at.search = "?session=abc&other=1"; // an address of somebody else
  link.mend();
  assert.deepEqual(linkAt(at.search).link.get("style"), { example: 3 });
  assert.equal(new URLSearchParams(at.search).get("other"), "1");
  const there = at.search;
  Object.freeze(at); // a write would throw
  link.mend();
  assert.equal(at.search, there);
});

test("an address that nobody here wrote breaks nothing", () => {
  const { link } = linkAt("?seed=x&style=%7Bnot&map=5&view=nowhere");
  assert.equal(link.seed, 1);
  assert.deepEqual(link.get("style"), {});
  assert.deepEqual(link.get("map"), {});
});

test("numbers have three places, and what is undefined is left out", () => {
  assert.deepEqual(rounded({ a: [1.23456, Float32Array.of(0.5)], b: undefined, c: "x" }), { a: [1.235, [0.5]], c: "x" });
});
