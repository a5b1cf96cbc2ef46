import assert from "node:assert/strict";
import { test } from "node:test";
import { Film, drawnAs } from "../../../pages/web/explore/film.js";
import { between } from "../../../pages/web/explore/interpolation.js";
import { Random } from "../../../pages/web/shared/random.js";

/** Two heaps of forty codes about (0, 0) and (10, 0): class 4 and class 9, guessed; on the map at x = 100 and x = 200. */
function made(more = {}) {
  const random = new Random(6);
  const all = Float32Array.from({ length: 160 }, (_, k) => random.normal() + (k % 2 === 0 && k >= 80 ? 10 : 0));
  const xy = Float32Array.from({ length: 160 }, (_, k) => (k % 2 ? 5 : k < 80 ? 100 : 200));
  const client = { labelOf: () => null, guessOf: (example) => ({ best: example < 40 ? 4 : 9, p: 1, second: null, p2: 0 }) };
  const steps = between(Float32Array.of(0, 0), Float32Array.of(10, 0), 21, "line");
  return new Film({ space: "code", steps, dim: 2, all, xy, client, ...more });
}

test("a film from one class to another flips in its middle, between two places on the map", () => {
  const film = made();
  assert.equal(film.n, 21);
  assert.deepEqual(film.flips.map(({ from, to }) => [from, to]), [[4, 9]]);
  assert.ok(Math.abs(film.flips[0].at - 0.5) < 0.15);
  assert.deepEqual([film.classAt(0), film.classAt(20)], [4, 9]);
  assert.deepEqual([film.places[0], film.places[20]].map(([x, y]) => [Math.round(x), Math.round(y)]), [[100, 5], [200, 5]]);
  assert.deepEqual(film.leading(4), [4, 9]);
});

test("some of its steps are even, with the first and the last", () => {
  const film = made();
  assert.deepEqual(film.some(5), [0, 5, 10, 15, 20]);
  assert.equal(film.some(50).length, 21);
  assert.deepEqual([...film.codesOf([0, 20])], [0, 0, 10, 0]);
  assert.deepEqual([film.at(-1), film.at(0.5), film.at(2)], [0, 10, 20]);
});

test("places that a hand drew are kept, and without a map there are none", () => {
  const places = Array.from({ length: 21 }, (_, k) => [k, 1]);
  assert.equal(made({ places }).places, places);
  assert.deepEqual(made({ xy: null }).places, []);
});

test("a model that draws by class changes it where the guess does, or draws what lies nearest", () => {
  const film = made();
  const changing = drawnAs(film, [4, 9]);
  assert.deepEqual([...changing.filter((cls, k) => k < 5 || k > 15)], [4, 4, 4, 4, 4, 9, 9, 9, 9, 9]);
  assert.equal(changing.indexOf(9), Math.ceil(film.flips[0].at * 20));
  assert.deepEqual([drawnAs(film, [null, null])[0], drawnAs(film, [null, null])[20]], [4, 9]);
});
