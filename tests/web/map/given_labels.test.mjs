import assert from "node:assert/strict";
import { test } from "node:test";

import { GivenLabels } from "../../../pages/web/map/given_labels.js";

test("dots of one's own labels pop at once, and take their colours once, when the hand rests", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let coloured = 0;
  const given = new GivenLabels(() => (coloured += 1));
  given.take({ examples: [3], own: true });
  t.mock.timers.tick(150);
  given.take({ examples: [4], own: true });
  t.mock.timers.tick(150);
  assert.deepEqual([...given.pops.keys()], [3, 4]);
  assert.equal(coloured, 0);
  t.mock.timers.tick(60);
  assert.equal(coloured, 1);
});

test("others' labels do not pop, and are coloured at once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let coloured = 0;
  const given = new GivenLabels(() => (coloured += 1));
  given.take({ examples: null, own: false });
  t.mock.timers.tick(0);
  assert.equal(coloured, 1);
  assert.equal(given.pops.size, 0);
});
