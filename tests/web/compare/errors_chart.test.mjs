import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, layOut } from "../../../pages/web/compare/errors_chart.js";

const point = (labels, share) => ({ labels, share, low: share / 2, high: share * 1.5 });
const CURVES = [
  { id: "a", name: "A", points: [point(10, 0.4), point(100, 0.04)] },
  { id: "b", name: "B", points: [point(10, 0.6), point(100, 0.05)] },
  { id: "c", name: "C", points: [] },
];

test("labels run from left to right, errors from below to above, all within the box", () => {
  const { box, x, y } = layOut(CURVES, [10, 20, 50, 100], 500, 200);
  assert.equal(Math.round(x(10)), box.left);
  assert.equal(Math.round(x(100)), box.right);
  assert.ok(Math.abs(x(Math.sqrt(1000)) - (box.left + box.right) / 2) < 1e-6);
  assert.equal(y(0), box.bottom);
  for (const { points } of CURVES) for (const { share } of points) assert.ok(y(share) >= box.top);
});

test("with labels of one number only they stand in the middle", () => {
  const { box, x } = layOut([CURVES[0]], [30], 500, 200);
  assert.equal(x(30), (box.left + box.right) / 2);
});

test("ticks have room, and the last one is there", () => {
  const { xTicks } = layOut(CURVES, [10, 11, 12, 13, 100, 101], 300, 200);
  assert.equal(xTicks.at(-1).words, "101");
  for (let k = 1; k < xTicks.length; k++) assert.ok(xTicks[k].at - xTicks[k - 1].at > 20);
});

test("a line without points has no name, and no name lies on another", () => {
  const { names } = layOut(CURVES, [10, 100], 500, 200);
  assert.deepEqual(names.map(({ id }) => id), ["b", "a"]);
  const crowd = apart(Array.from({ length: 6 }, (_, k) => ({ id: String(k), name: "", y: 150 - k / 10 })), 10, 170);
  for (let k = 1; k < crowd.length; k++) assert.ok(crowd[k].y - crowd[k - 1].y >= 15.9);
  assert.ok(crowd.at(-1).y <= 168);
});
