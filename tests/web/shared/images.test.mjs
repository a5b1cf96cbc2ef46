import assert from "node:assert/strict";
import { test } from "node:test";
import { Images } from "../../../pages/web/shared/images.js";

/** Images of 1 x 2 grey pixels, each with its id twice; `asked` has the ids of every request. */
function served(shape = [1, 2, 1]) {
  const asked = [];
  let arrivals = 0;
  const fetchPixels = async (ids) => (asked.push(ids), Uint8Array.from(ids.flatMap((id) => [id, id])));
  const images = new Images(fetchPixels, () => (arrivals += 1));
  images.shape = shape;
  return { images, asked, arrivals: () => arrivals };
}

test("wishes of one moment are one request, and each gets its own pixels", async () => {
  const { images, asked, arrivals } = served();
  images.want([3]);
  const [seven, three] = await Promise.all([images.get(7), images.get(3)]);
  assert.deepEqual([asked, [...seven], [...three]], [[[3, 7]], [7, 7], [3, 3]]);
  await null;
  assert.equal(arrivals(), 1);
});

test("pixels that are here are not asked for again", async () => {
  const { images, asked } = served();
  assert.equal(images.peek(5), null);
  await images.get(5);
  images.want([5]);
  assert.deepEqual([...images.peek(5)], [5, 5]);
  await images.get(6);
  assert.deepEqual(asked, [[5], [6]]);
});

test("nothing is asked for until the shape is known", async () => {
  const { images, asked } = served(null);
  const pixels = images.get(1);
  await new Promise((done) => setTimeout(done, 20));
  assert.deepEqual(asked, []);
  images.shape = [1, 2, 1];
  assert.deepEqual([...(await pixels)], [1, 1]);
});

test("a failed request tells who waits, and the example can be asked for again", async () => {
  let fails = true;
  const images = new Images(async () => {
    if (fails) throw new Error("away");
    return Uint8Array.of(9, 9);
  }, () => {});
  images.shape = [1, 2, 1];
  await assert.rejects(images.get(1), /away/);
  fails = false;
  assert.deepEqual([...(await images.get(1))], [9, 9]);
});
