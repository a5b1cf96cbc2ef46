import assert from "node:assert/strict";
import { test } from "node:test";
import { alongPath, at, between, bisect, norm, smooth } from "../../../pages/web/explore/interpolation.js";

const [a, b] = [Float32Array.of(3, 0), Float32Array.of(0, 1)];
const near = (found, wanted) => found.forEach((value, k) => assert.ok(Math.abs(value - wanted[k]) < 1e-5, `${found} for ${wanted}`));

test("both ways begin and end at the two codes", () => {
  for (const way of ["line", "arc"]) {
    const steps = between(a, b, 5, way);
    near(steps.slice(0, 2), a);
    near(steps.slice(8), b);
  }
});

test("the line goes straight", () => near(between(a, b, 3, "line").slice(2, 4), [1.5, 0.5]));

test("the arc turns evenly, and its length goes evenly from the one to the other", () => {
  const half = between(a, b, 3, "arc").slice(2, 4);
  near([norm(half)], [2]);
  near(half, [Math.SQRT2, Math.SQRT2]);
});

test("the arc turns about the middle of the codes", () => {
  const half = at(Float32Array.of(11, 5), Float32Array.of(10, 6), 0.5, "arc", Float32Array.of(10, 5));
  near(half, [10 + Math.SQRT1_2, 5 + Math.SQRT1_2]);
});

test("without an arc it is the line: from the middle, to the opposite, to itself", () => {
  near(at(Float32Array.of(0, 0), b, 0.5, "arc"), [0, 0.5]);
  near(at(Float32Array.of(1, 0), Float32Array.of(-1, 0), 0.25, "arc"), [0.5, 0]);
  near(at(a, a, 0.3, "arc"), a);
});

test("places on a drawn line are even by its length, wherever the hand was slow", () => {
  const path = [[0, 0], [0.1, 0], [0.2, 0], [1, 0], [1, 1]];
  assert.deepEqual(alongPath(path, 5).map((place) => place.map((value) => Number(value.toFixed(6)))),
    [[0, 0], [0.5, 0], [1, 0], [1, 0.5], [1, 1]]);
  assert.deepEqual(alongPath([[2, 3]], 2), [[2, 3], [2, 3]]);
  assert.deepEqual(alongPath([[2, 3], [2, 3]], 3), [[2, 3], [2, 3], [2, 3]]);
});

test("smoothing keeps the ends and a straight run, and halves a spike", () => {
  const straight = Float32Array.of(0, 1, 2, 3, 4);
  near(smooth(straight, 1, 1), straight);
  const spike = smooth(Float32Array.of(0, 0, 1, 0, 0), 1, 1);
  assert.ok(spike[2] < 0.5 && spike[0] === 0 && spike[4] === 0);
  near(smooth(straight, 1, 0), straight);
});

test("halving finds where a function crosses 0, upwards and downwards", () => {
  near([bisect((t) => t - 0.3, 0, 1, 20), bisect((t) => 0.7 - t, 0, 1, 20)], [0.3, 0.7]);
});
