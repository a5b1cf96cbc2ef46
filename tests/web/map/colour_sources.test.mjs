import assert from "node:assert/strict";
import { test } from "node:test";
import { ColourSources } from "../../../pages/web/map/colour_sources.js";

const settled = () => new Promise((done) => setImmediate(done));

/** Sources whose server knows three examples, and the paths that were asked for. */
function sourcesOf() {
  const asked = [];
  const api = {
    array: async (path) => (asked.push(path), { buffer: Uint8Array.of(0, 9, 200).buffer }),
    get: async (path) => (asked.push(path), { people: ["ada", "bo"], examples: [2, 0], of: [1, 0] }),
  };
  const client = { api, state: { data: { n: 3 }, labels: { seq: 1 }, snapshot: { rev: "r1" } } };
  return { sources: new ColourSources(client), client, asked };
}

test("oddness is read once for each snapshot, and told", async () => {
  const { sources, client, asked } = sourcesOf();
  let told = 0;
  sources.on("change", () => (told += 1));
  assert.equal(sources.of("oddness"), null);
  for (const rev of ["r1", "r1", "r2"]) {
    client.state.snapshot.rev = rev;
    sources.want("oddness");
    await settled();
  }
  assert.deepEqual([asked, told], [["odd", "odd"], 2]);
  assert.deepEqual([...sources.of("oddness")], [0, 9, 200]);
});

test("who named an example is a place among the people, and has a tint", async () => {
  const { sources } = sourcesOf();
  assert.equal(sources.tintOf(2), null);
  assert.equal(sources.isBare("person"), true);
  sources.want("person");
  await settled();
  assert.deepEqual([...sources.of("person")], [1, 0, 2]);
  assert.match(sources.tintOf(2), /^hsl|^#/);
  assert.equal(sources.tintOf(1), null);
  assert.equal(sources.isBare("person"), false);
});

test("what cannot be read is asked for again with the next state", async () => {
  const { sources, client, asked } = sourcesOf();
  const { array } = client.api;
  client.api.array = async () => Promise.reject(new Error("lost"));
  sources.want("oddness");
  await settled();
  client.api.array = array;
  sources.want("oddness");
  await settled();
  assert.deepEqual([asked.length, sources.of("oddness").length], [1, 3]);
});

test("islands are those of the map on screen, made once", () => {
  const { sources } = sourcesOf();
  sources.want("island");
  assert.deepEqual([sources.clusters, sources.of("island")], [null, null]);
  sources.map = { shown: Float32Array.of(0.1, 0.1, 0.1, 0.1, 0.9, 0.9) };
  sources.want("island");
  assert.deepEqual([...sources.of("island")], [1, 1, 2]);
  assert.equal(sources.clusters, sources.clusters);
});

test("guesses, labels and confidence need nothing more", () => {
  const { sources, asked } = sourcesOf();
  for (const mode of ["guess", "label", "confidence"]) sources.want(mode);
  assert.deepEqual(asked, []);
});
