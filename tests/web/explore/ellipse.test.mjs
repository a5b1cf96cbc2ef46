import assert from "node:assert/strict";
import { test } from "node:test";

import { ellipseOf } from "../../../pages/web/explore/ellipse.js";
import { Random } from "../../../pages/web/shared/random.js";

/** Normal places with standard deviations 3 and 1, turned by 0.5 and moved to (2, -1). */
const normal = (n, seed = 1) => {
  const random = new Random(seed);
  const [cos, sin] = [Math.cos(0.5), Math.sin(0.5)];
  return Array.from({ length: n }, () => {
    const [along, across] = [3 * random.normal(), random.normal()];
    return [2 + cos * along - sin * across, -1 + sin * along + cos * across];
  });
};
const near = (value, expected, by) => assert.ok(Math.abs(value - expected) < by, `${value} is not ${expected} within ${by}`);

test("of normal places it is that of their distribution, though only the inner nine tenths are looked at", () => {
  const { centre, major, minor, angle } = ellipseOf(normal(20000));
  near(centre[0], 2, 0.1);
  near(centre[1], -1, 0.1);
  near(angle, 0.5, 0.03);
  // By distance, not Mahalanobis': what is cut lies along the long axis, so this one comes out a little short.
  near(major, 3, 0.35);
  near(minor, 1, 0.35);
});

test("of round places both axes are the standard deviation", () => {
  const random = new Random(2);
  const { major, minor } = ellipseOf(Array.from({ length: 20000 }, () => [random.normal(), random.normal()]));
  near(major, 1, 0.03);
  near(minor, 1, 0.03);
});

test("a few on another island do not stretch it", () => {
  const alone = ellipseOf(normal(96));
  const places = normal(96);
  for (let k = 0; k < 5; k++) places[k] = [100, 100];
  const withThem = ellipseOf(places);
  assert.ok(withThem.major < 1.5 * alone.major);
  assert.ok(Math.hypot(withThem.centre[0] - 2, withThem.centre[1] + 1) < 1.5);
});

test("of two, or of the same place again and again, it is a line or a dot", () => {
  assert.equal(ellipseOf([[0, 0], [2, 0]]).minor, 0);
  assert.equal(ellipseOf(Array.from({ length: 9 }, () => [3, 4])).major, 0);
});
