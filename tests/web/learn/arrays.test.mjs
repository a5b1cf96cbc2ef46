import assert from "node:assert/strict";
import { test } from "node:test";
import { mediansOf, numbers, rangeOf, sharedRanges, widened } from "../../../pages/web/learn/arrays.js";

const sent = (array, shape) => ({ dtype: array.constructor.name.replace("Array", "").toLowerCase(), shape, base64: Buffer.from(array.buffer).toString("base64") });

test("an array that was sent is its numbers again, whatever its type", () => {
  for (const array of [new Float32Array([1.5, -2]), new Uint8Array([0, 255, 7]), new Int32Array([-3, 1e6])])
    assert.deepEqual(numbers(sent(array, [array.length])), array);
  assert.deepEqual(numbers([[1, 2], [3, 4]]), [1, 2, 3, 4]);
});

test("a range leaves out what is no number, and is never empty once it is widened", () => {
  assert.deepEqual(rangeOf([[1, NaN, 5], [Infinity, -2]]), [-2, 5]);
  assert.deepEqual(rangeOf([[]]), [0, 1]);
  const [low, high] = widened([3, 3]);
  assert.ok(low < 3 && high > 3);
});

test("dots on both sides have one scale, each axis of its own", () => {
  const scatter = (xy) => ({ kind: "scatter", title: "", xy: sent(new Float32Array(xy), [2, 2]), cls: [0, 1], axes: [] });
  const [{ x, y }] = sharedRanges([[scatter([0, 10, 1, 20])], [scatter([-4, 12, 0, 12])]]);
  assert.ok(x[0] < -4 && x[0] > -5 && x[1] > 1 && x[1] < 2);
  assert.ok(y[0] < 10 && y[0] > 9 && y[1] > 20 && y[1] < 21);
});

test("bars of both sides begin at nothing, or below it where one does", () => {
  const bars = (values) => ({ kind: "bars", title: "", names: [], values });
  assert.deepEqual(sharedRanges([[bars([1, 2])], [bars([7])]])[0].y, [0, 7]);
  assert.deepEqual(sharedRanges([[bars([-1, 2])], null])[0].y, [-1, 2]);
});

test("a figure beside one of another kind keeps its own scale", () => {
  const bars = { kind: "bars", title: "", names: [], values: [3] };
  const lines = { kind: "lines", title: "", x: [0, 1], ys: { a: [100, 200] } };
  assert.deepEqual(sharedRanges([[bars], [lines]])[0].y, [0, 3]);
});

test("a class's name stands at the median of its dots; a class of hardly any dots has none", () => {
  const places = [...Array(99).keys()].flatMap((k) => [k, 2 * k]);
  const found = mediansOf([...places, 500, 500], [...Array(99).fill(3), 7], 0.05);
  assert.deepEqual(found, [{ cls: 3, x: 49, y: 98 }]);
});
