import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Camera } from "../../../pages/web/map/camera.js";

beforeEach(() => {
  const kept = new Map();
  globalThis.sessionStorage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) };
});

function camera(width = 800, height = 600) {
  const made = new Camera("camera");
  made.resize(width, height);
  return made;
}

const near = (found, expected) => found.forEach((value, k) => assert.ok(Math.abs(value - expected[k]) < 1e-6, `${found}`));

test("a pixel goes to the world and back", () => {
  const view = camera();
  view.zoomAt(3, 200, 100);
  near(view.toPixel(...view.toWorld(123, 456)), [123, 456]);
});

test("the whole map is in the panel, y points up", () => {
  const view = camera();
  const [[left, low], [right, high]] = [view.toPixel(0, 0), view.toPixel(1, 1)];
  assert.ok(left >= 0 && right <= 800 && high >= 0 && low <= 600 && high < low);
});

test("zooming keeps what is under the pointer, within bounds", () => {
  const view = camera();
  const place = view.toWorld(300, 200);
  view.zoomAt(2.5, 300, 200);
  near(view.toWorld(300, 200), place);
  view.zoomAt(1e9);
  assert.equal(view.zoom, 60);
  view.zoomAt(1e-9);
  assert.equal(view.zoom, 0.5);
});

test("clip space agrees with pixels", () => {
  const view = camera();
  view.zoomAt(1.7, 10, 20);
  const { scale, offset } = view.clip;
  const [px, py] = view.toPixel(0.3, 0.8);
  near([0.3 * scale[0] + offset[0], 0.8 * scale[1] + offset[1]], [(2 * px) / 800 - 1, 1 - (2 * py) / 600]);
});

test("zoom and shift are there again after a reload, and fit() forgets them", () => {
  const view = camera();
  view.zoomAt(2, 0, 0);
  const again = camera();
  near([again.zoom, again.x, again.y], [view.zoom, view.x, view.y]);
  again.fit();
  near([camera().zoom, camera().x], [1, 0]);
});

test("a resized window shows the same place", () => {
  const view = camera();
  view.pan(80, 60);
  view.resize(400, 300);
  near([view.x, view.y], [40, 30]);
});

test("a smaller margin leaves more room, and a fitted map is called so", () => {
  const view = new Camera("small", { side: 10, top: 10, bottom: 10 });
  view.resize(300, 200);
  assert.equal(view.unit, 180);
  assert.ok(view.isFitted);
  view.zoomAt(2, 20, 30);
  assert.ok(!view.isFitted);
  view.fit();
  assert.ok(view.isFitted);
});
