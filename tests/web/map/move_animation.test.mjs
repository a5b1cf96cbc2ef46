import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MoveAnimation, ease } from "../../../pages/web/map/move_animation.js";
import { ZoomAnimation } from "../../../pages/web/map/zoom_animation.js";

let isStill = false;
globalThis.matchMedia = () => ({ matches: isStill });
beforeEach(() => (isStill = false));

test("the way begins fast, ends slowly, and does not leave its ends", () => {
  assert.deepEqual([ease(-1), ease(0), ease(1), ease(2)], [0, 0, 1, 1]);
  assert.ok(ease(0.25) > 0.5 && ease(0.25) < ease(0.5) && ease(0.5) < 1);
});

test("the first map stands at once, the next one is reached in 600 ms", () => {
  const move = new MoveAnimation();
  move.go(Float32Array.of(0, 0), 0);
  assert.deepEqual([move.share, move.tick(10)], [1, false]);
  move.go(Float32Array.of(1, 1), 1000);
  assert.equal(move.tick(1300), true);
  assert.ok(move.now[0] > 0.5 && move.now[0] < 1);
  assert.equal(move.tick(1600), true);
  assert.deepEqual([...move.now], [1, 1]);
  assert.equal(move.tick(1616), false);
});

test("a map that comes on the way is gone to from there", () => {
  const move = new MoveAnimation();
  move.go(Float32Array.of(0, 0), 0);
  move.go(Float32Array.of(1, 1), 0);
  move.tick(100);
  const [here] = move.now;
  move.go(Float32Array.of(0, 0), 100);
  assert.equal(move.from[0], here);
});

test("a map of other images, or for who wants no motion, stands at once", () => {
  const move = new MoveAnimation();
  move.go(Float32Array.of(0, 0), 0);
  move.go(Float32Array.of(1, 1, 1, 1), 0);
  assert.equal(move.share, 1);
  isStill = true;
  move.go(Float32Array.of(0, 0, 0, 0), 0);
  assert.deepEqual([...move.now], [0, 0, 0, 0]);
});

test("a zoom has its whole factor at its end", (t) => {
  t.mock.method(performance, "now", () => 0);
  let zoom = 1;
  const animation = new ZoomAnimation({ zoomAt: (factor) => (zoom *= factor) });
  animation.begin(1.5);
  assert.equal(animation.tick(90), true);
  assert.ok(zoom > 1 && zoom < 1.5);
  assert.equal(animation.tick(180), false);
  assert.ok(Math.abs(zoom - 1.5) < 1e-9);
  isStill = true;
  animation.begin(2);
  assert.deepEqual([Math.abs(zoom - 3) < 1e-9, animation.tick(200)], [true, false]);
});
