import assert from "node:assert/strict";
import { test } from "node:test";
import { ArrayLoader } from "../../../pages/web/session/array_loader.js";
import { HttpError } from "../../../pages/web/shared/http.js";

function loading(array) {
  const stop = new AbortController();
  return { stop, loader: new ArrayLoader({ array }, stop.signal, () => {}) };
}

const failing = (error) => async () => {
  throw error;
};
const refuse = () => assert.fail("nothing was to be taken");

test("a kind of array is read once at a time", async () => {
  let answers = 0;
  const { loader } = loading(async () => ({ buffer: new ArrayBuffer(4), version: String(++answers) }));
  const taken = [];
  const first = loader.read("map", ({ version }) => taken.push(version));
  const second = loader.read("map", refuse);
  assert.ok(loader.isReading("map"));
  await Promise.all([first, second]);
  assert.deepEqual([taken, loader.isReading("map")], [["1"], false]);
});

test("why a reading failed is kept until one succeeds", async () => {
  const answers = [failing(new HttpError("The disk is away.", 503, true)), async () => ({ buffer: new ArrayBuffer(4), version: null })];
  const { loader } = loading((...args) => answers.shift()(...args));
  await loader.read("labels", refuse);
  assert.equal(loader.failed.labels, "The disk is away.");
  await loader.read("labels", () => {});
  assert.equal(loader.failed.labels, "");
});

test("an array that the server does not have yet is a failure only where there must be one", async () => {
  const { loader } = loading(failing(new HttpError("None yet.", 409, true)));
  let none = 0;
  await loader.read("guesses", refuse, () => (none += 1));
  await loader.read("map", refuse);
  assert.deepEqual([none, loader.failed.guesses, loader.failed.map], [1, "", "None yet."]);
});

test("a reading that the page ended has not failed", async () => {
  const { loader, stop } = loading(failing(new Error("aborted")));
  stop.abort();
  await loader.read("map", refuse);
  assert.equal(loader.failed.map, "");
});
