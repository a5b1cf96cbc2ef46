import assert from "node:assert/strict";
import { test } from "node:test";
import { meanOf, note, termsOf } from "../../../pages/web/compare/bound_table.js";
import { shownOf, written } from "../../../pages/web/compare/confusion_table.js";
import { partner } from "../../../pages/web/compare/draws_grid.js";

const bound = (terms, counts = "the image", total = -1) => ({ bound: { terms, total, counts, of_images: null } });

test("the columns are all terms that anybody has, the picture first", () => {
  assert.deepEqual(termsOf([bound({ class: -2, style: -15 }), bound({ style: -3, unlabelled: -1, picture: -80 })]),
    ["picture", "style", "class", "unlabelled"]);
});

test("the bound is of images that are the same for all, where it is known", () => {
  assert.equal(meanOf({ bound: { total: -90, of_images: -97.4 } }), -97.4);
  assert.equal(meanOf({ bound: { total: -90, of_images: null } }), -90);
  assert.equal(meanOf(null), null);
});

test("bounds that count something else are not called better", () => {
  assert.match(note([bound({}), bound({})]), /^Higher is better/);
  assert.match(note([bound({}), bound({}, "z1, the latents of M1")]), /^Only bounds that count the same/);
  assert.match(note([bound({}, "nothing", null)]), /^None/);
});

test("mistakes are shown as difference to the one in use, its own as they are", () => {
  const answer = { members: { a: [[5, 1], [0, 4]], b: [[3, 3], [0, 4]] } };
  const [a, b] = [{ id: "a" }, { id: "b" }];
  assert.deepEqual(shownOf(answer, b, a, true), { counts: [[-2, 2], [0, 0]], isDifference: true });
  assert.deepEqual(shownOf(answer, b, a, false), { counts: [[3, 3], [0, 4]], isDifference: false });
  assert.deepEqual(shownOf(answer, a, a, true), { counts: [[5, 1], [0, 4]], isDifference: false });
  assert.equal(shownOf(answer, { id: "c" }, a, true), null);
});

test("a difference has its sign, and nothing is a point", () => {
  assert.deepEqual([written(3, true), written(-2, true), written(0, true), written(7, false), written(12345, false)], ["+3", "−2", "·", "7", "12k"]);
});

test("a drawing is compared with that of the same style and class, wherever it stands", () => {
  const own = { rows: 2, classes: [0, 1, 2], undrawn: [] };
  const other = { rows: 2, classes: [2, 0], undrawn: [1] };
  assert.equal(partner(5, own, other), 2); // style 2, class 2
  assert.equal(partner(0, own, other), null); // what it drew there is no picture
  assert.equal(partner(1, own, other), null); // it knows no class 1
  assert.equal(partner(3, own, other), 3);
});
