import assert from "node:assert/strict";
import { test } from "node:test";
import { NearestPoint } from "../../../pages/web/map/nearest_point.js";

/** A map of 100 pixels a unit with three points, and what was done on it. */
function onMap(now = Float32Array.of(0.1, 0.1, 0.5, 0.5, 0.52, 0.5)) {
  const done = [];
  const map = {
    camera: { scale: 100, toWorld: (px, py) => [px / 100, py / 100] },
    moveAnimation: { now },
    version: 3,
    selectBy: { island: (mode, example) => done.push(["island", mode, example]) },
    client: {
      selection: new Set([0]),
      setFocus: (example) => done.push(["focus", example]),
      setSelection: (examples, version) => done.push(["selection", [...examples], version]),
    },
  };
  return { nearest: new NearestPoint(map), done };
}

test("the nearest point within 8 pixels is meant, or none", () => {
  const { nearest } = onMap();
  assert.equal(nearest.nearest(50.5, 50), 1);
  assert.equal(nearest.nearest(52, 51), 2);
  assert.equal(nearest.nearest(10, 17), 0);
  assert.equal(nearest.nearest(10, 19), null);
});

test("before there is a map nothing is meant", () => {
  assert.equal(onMap(null).nearest.nearest(10, 10), null);
});

test("a click frames, with a key it adds or removes, twice it takes the island", () => {
  const { nearest, done } = onMap();
  nearest.click(50, 50, "replace", false);
  nearest.click(50, 50, "add", false);
  nearest.click(10, 10, "remove", false);
  nearest.click(50, 50, "add", true);
  nearest.click(90, 90, "replace", false); // beside all of them
  assert.deepEqual(done, [["focus", 1], ["selection", [0, 1], 3], ["selection", [], 3], ["island", "add", 1]]);
});
