import assert from "node:assert/strict";
import { test } from "node:test";
import { lookOf, withLooks } from "../../../pages/web/shared/class_colours.js";

const classes = (...ids) => ids.map((id) => ({ id, name: `class ${id}`, key: "", glyph: "C", colour: null, count: 0 }));
const looks = (...ids) => withLooks(classes(...ids)).map(({ look }) => look);

test("a class has the colour of its id, whatever other classes there are", () => {
  assert.deepEqual(looks(3).map(({ fill }) => fill), ["var(--c3)"]);
  assert.deepEqual(looks(0, 1, 3).map(({ fill }) => fill), ["var(--c0)", "var(--c1)", "var(--c3)"]);
});

test("ids 10 to 19 have the colours once more, hollow", () => {
  const [look] = looks(13);
  assert.deepEqual([look.fill, look.isHollow], ["var(--c3)", true]);
});

test("a later id takes a place that is free, and is grey where there is none", () => {
  assert.equal(looks(1, 25)[1].fill, "var(--c0)");
  const all = looks(...Array.from({ length: 21 }, (_, id) => id));
  assert.deepEqual([all[19].isGrey ?? false, all[20].isGrey], [false, true]);
});

test("a colour that a person chose has the ink that is seen on it", () => {
  const chosen = (colour) => lookOf({ ...classes(1)[0], colour });
  assert.deepEqual([chosen("#FFFFFF").ink, chosen("#000000").ink], ["#14151A", "#FFFFFF"]);
});
