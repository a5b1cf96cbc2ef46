import assert from "node:assert/strict";
import { test } from "node:test";
import { dotColours, radiusOf } from "../../../pages/web/compare/member_colours.js";
import { lineStyles } from "../../../pages/web/compare/line_styles.js";

const theme = { ofClass: (id) => [id, id, id], unlabelled: [9, 9, 9] };
const alphas = (colours) => Array.from({ length: colours.length / 4 }, (_, i) => colours[4 * i + 3]);

test("a dot has the colour of its guess, and stands out where the model differs", () => {
  const colours = dotColours(3, { best: Uint8Array.of(4, 5, 255), differs: Uint8Array.of(0, 1, 0), selection: new Set(), theme });
  assert.deepEqual([colours[0], colours[4], colours[8]], [4, 5, 9]);
  const [agrees, differs] = alphas(colours);
  assert.ok(differs > 2 * agrees);
});

test("what is not selected fades; without guesses all is grey", () => {
  const colours = dotColours(2, { best: null, differs: null, selection: new Set([1]), theme });
  assert.deepEqual([colours[0], colours[4]], [9, 9]);
  const [away, selected] = alphas(colours);
  assert.ok(away < selected / 3);
});

test("dots that differ are larger, whatever their number and the zoom", () => {
  for (const n of [100, 8000, 70000]) for (const zoom of [0.5, 1, 20]) {
    const [small, large] = radiusOf(n, zoom);
    assert.ok(large > small && small > 0.5);
  }
});

test("sixty thousand dots leave gaps on a small map, also where many differ", () => {
  const [small, large] = radiusOf(60000, 1);
  assert.ok(60000 * Math.PI * small ** 2 < 0.9 * 330 * 330); // px of a map of six
  assert.ok(large < 1.2);
});

test("the solid line is that of the model in use, and no two others have the same dashes", () => {
  const members = ["a", "b", "c", "d", "e", "f"].map((id) => ({ id, in_use: id === "c" }));
  const dashes = [...lineStyles(members).values()].map(({ dash }) => dash);
  assert.equal(dashes[2], "");
  assert.equal(new Set(dashes).size, 6);
});
