import assert from "node:assert/strict";
import { test } from "node:test";
import { between, chosenOf, dotColours } from "../../../pages/web/map/point_colours.js";
import { NONE, STATES } from "../../../pages/web/session/label_overlay.js";

const theme = { unlabelled: [128, 128, 128], text2: [1, 2, 3], ofClass: (id) => [10 * id, 0, 0], bytes: () => [7, 7, 7] };

/** [red, alpha] of each of four dots: labelled 2; guessed 1, sure; guessed 1, unsure; junk. */
function dots(mode, { values = null, ...more } = {}) {
  const client = { labels: Uint8Array.of(2, NONE, NONE, STATES.junk), guesses: { best: Uint8Array.of(1, 1, 1, 1), p: Uint8Array.of(255, 255, 51, 255) },
    selection: new Set(), solo: null, ...more };
  const bytes = dotColours({ n: 4, mode, isFaint: false, client, theme, colourSources: { of: () => values, people: ["ada"] } });
  return Array.from({ length: 4 }, (_, i) => [bytes[4 * i], bytes[4 * i + 3]]);
}

test("a label wins over the guess, and a sure guess is stronger than an unsure one", () => {
  const [labelled, sure, unsure, junk] = dots("guess");
  assert.deepEqual([labelled[0], sure[0], unsure[0], junk[0]], [20, 10, 10, 128]);
  assert.ok(labelled[1] > sure[1] && sure[1] > unsure[1] && unsure[1] > junk[1]);
});

test("by label, what has none is grey", () => {
  assert.deepEqual(dots("label").map(([red]) => red), [20, 128, 128, 128]);
});

test("by confidence, the unsure ones stand out", () => {
  const [, sure, unsure] = dots("confidence");
  assert.equal(unsure[0], 1);
  assert.ok(unsure[1] > sure[1]);
});

test("by oddness, person or island the values decide, but junk stays junk", () => {
  const odd = dots("oddness", { values: Uint8Array.of(255, 1, 0, 255) });
  assert.ok(odd[0][1] > odd[1][1]);
  assert.deepEqual([odd[2][0], odd[3][0]], [128, 128]);
  assert.deepEqual(dots("person", { values: Uint8Array.of(1, 0, 0, 1) }).map(([red]) => red), [7, 128, 128, 128]);
});

test("what is not selected, and other classes than the one looked at, are dim", () => {
  const [plain, some, solo] = [dots("guess"), dots("guess", { selection: new Set([1]) }), dots("guess", { solo: 2 })];
  assert.ok(some[0][1] < plain[0][1] && some[1][1] === plain[1][1]);
  assert.ok(solo[0][1] === plain[0][1] && solo[1][1] < plain[1][1]);
});

test("chosen ones are marked by a byte", () => {
  assert.deepEqual([...chosenOf(3, [0, 2])], [1, 0, 1]);
});

test("a fade is between the old colours and the next", () => {
  const [old, next] = [Uint8Array.of(0, 100), Uint8Array.of(100, 0)];
  assert.deepEqual([...between(old, next, 0.25)], [25, 75]);
  assert.equal(between(old, next, 1), next);
  assert.equal(between(null, next, 0), next);
});
