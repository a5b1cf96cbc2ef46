import assert from "node:assert/strict";
import { test } from "node:test";
import { MapVersions } from "../../../pages/web/map/map_versions.js";

const map = (n = 2) => new Float32Array(2 * n);

/** Two finished maps, one after the other. */
function two() {
  const [versions, before, now] = [new MapVersions(), map(), map()];
  versions.take(before, 1, false);
  versions.take(now, 2, false);
  return { versions, before, now };
}

test("the newest map is shown, and the one before it after a turn", () => {
  const { versions, before, now } = two();
  assert.deepEqual([versions.shown.xy === now, versions.hasBefore, versions.showsBefore], [true, true, false]);
  versions.turn();
  assert.deepEqual([versions.shown.xy === before, versions.showsBefore], [true, true]);
  versions.turn();
  assert.equal(versions.shown.version, 2);
});

test("nothing is shown before the first map, and it has none before it", () => {
  const versions = new MapVersions();
  assert.equal(versions.shown, null);
  versions.take(map(), 1, false);
  assert.equal(versions.hasBefore, false);
  versions.turn();
  assert.equal(versions.showsBefore, false);
});

test("maps of a training that goes on leave the one before it in place", () => {
  const { versions, now } = two();
  versions.take(map(), 3, true);
  versions.take(map(), 4, true);
  versions.take(map(), 5, false);
  versions.turn();
  assert.equal(versions.shown.xy, now);
});

test("a map of more images has no map before it", () => {
  const { versions } = two();
  versions.take(map(3), 3, false);
  assert.equal(versions.hasBefore, false);
});

test("another view is shown until a new map comes", () => {
  const { versions } = two();
  versions.see("pca", { xy: map(), version: 2 });
  assert.deepEqual([versions.view, versions.hasBefore, versions.shown.version], ["pca", false, 2]);
  versions.take(map(), 3, false);
  assert.deepEqual([versions.view, versions.hasBefore, versions.shown.version], ["map", true, 3]);
});
