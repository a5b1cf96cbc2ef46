/** What is looked at is in the address, also after the page around has forgotten it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Link } from "../../../pages/web/explore/link.js";

function link(search) {
  const at = { search, pathname: "/explore" };
  return { at, link: new Link(at, (address) => (at.search = address.slice(address.indexOf("?")))) };
}

test("an address that was opened gives its view, its seed and each view's state", () => {
  const { link: opened } = link(`?session=a&view=time&seed=7&time=${encodeURIComponent('{"labels":12}')}`);
  assert.equal(opened.view, "time");
  assert.equal(opened.seed, 7);
  assert.deepEqual(opened.get("time"), { labels: 12 });
});

test("what a view tells stays when the page around rewrites the address", () => {
  const { at, link: opened } = link("?session=a");
  opened.see("draw");
  opened.set("draw", { strokes: [1.23456] });
  at.search = "?session=a";
  opened.sow(5);
  const again = new URLSearchParams(at.search);
  assert.equal(again.get("view"), "draw");
  assert.equal(again.get("draw"), '{"strokes":[1.235]}');
  assert.equal(again.get("seed"), "5");
  assert.equal(again.get("session"), "a");
});

test("a view in its beginning is not in the address", () => {
  const { at, link: opened } = link("?session=a");
  opened.set("time", { labels: 3 });
  opened.set("time", { labels: undefined });
  assert.equal(new URLSearchParams(at.search).has("time"), false);
});
