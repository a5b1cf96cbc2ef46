import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { goBack, mount } from "../../../pages/web/person/login_return.js";

const kept = new Map();
let left = null; // the address that was gone to

const at = (path) => {
  const { href, pathname, search } = new URL(path, "http://localhost:8501");
  globalThis.location = { href, pathname, search, replace: (address) => (left = address) };
};

beforeEach(() => {
  kept.clear();
  left = null;
  globalThis.sessionStorage = {
    getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name),
  };
});

test("after a login the page that asked for it comes back, once", () => {
  at("/review?session=s1");
  mount();
  at("/");
  goBack();
  assert.equal(left, "http://localhost:8501/review?session=s1");
  left = null;
  goBack();
  assert.equal(left, null);
});

test("who logs in at the front page stays there", () => {
  at("/");
  mount();
  goBack();
  assert.equal(left, null);
});
