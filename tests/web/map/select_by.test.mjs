import assert from "node:assert/strict";
import { test } from "node:test";
import { SelectBy, leastSureInWords } from "../../../pages/web/map/select_by.js";

/** Ways to select among five images; the last has a label. */
function selectByOf(more = {}) {
  const [asked, said] = [[], []];
  const client = {
    focus: 0, mapVersion: 7, selection: new Set(), selectedOn: null,
    guesses: { best: Uint8Array.of(1, 1, 2, 2, 1), p: Uint8Array.of(255, 51, 102, 153, 10) },
    isOpen: (example) => example < 4, classOf: (id) => ({ name: `class ${id}` }),
    say: (text) => said.push(text), sayTrouble: (error) => said.push(error.message),
    setSelection(examples, version) {
      [this.selection, this.selectedOn] = [examples, version];
    },
    api: { get: async (path) => (asked.push(path), { examples: [1, 2] }) }, ...more,
  };
  const selectBy = new SelectBy(client, { clusters: { around: (example) => [example, 3] } });
  selectBy.map = { shown: new Float32Array(10), version: 7, lasso: { forget() {} } };
  return { selectBy, client, asked, said };
}

const selected = (client) => [...client.selection].sort();

test("similar images are selected on the map's version, once more for as many again", async () => {
  const { selectBy, client, asked } = selectByOf();
  await selectBy.similar();
  assert.deepEqual([selected(client), client.selectedOn], [[0, 1, 2], 7]);
  await selectBy.similar();
  assert.deepEqual(asked, ["neighbours?example=0&n=20", "neighbours?example=0&n=22"]);
});

test("without a framed image, a map or guesses it is said what to do", async () => {
  const { selectBy, client, said } = selectByOf({ focus: null, guesses: null });
  await selectBy.similar();
  selectBy.island();
  selectBy.ofClass(1);
  selectBy.leastSure(0.5);
  selectBy.map = null;
  selectBy.island();
  assert.equal(said.length, 5);
  assert.equal(client.selection.size, 0);
});

test("an island replaces, joins or leaves the selection", () => {
  const { selectBy, client } = selectByOf();
  selectBy.island("replace", 1);
  assert.deepEqual([selected(client), client.selectedOn], [[1, 3], 7]);
  selectBy.island("add", 2);
  assert.deepEqual(selected(client), [1, 2, 3]);
  selectBy.island("remove", 1);
  assert.deepEqual(selected(client), [2]);
});

test("by class and by doubt only what has no label is selected", () => {
  const { selectBy, client, said } = selectByOf();
  selectBy.ofClass(1);
  assert.deepEqual([selected(client), client.selectedOn], [[0, 1], null]);
  selectBy.leastSure(0.5);
  assert.deepEqual(selected(client), [1, 2]);
  selectBy.ofClass(3);
  assert.deepEqual(said, ["The model takes no unlabelled image for class 3."]);
});

test("what the slider would select is said before", () => {
  const { client } = selectByOf();
  assert.equal(leastSureInWords(client, 0.5), "2 images, at most 40% sure");
  assert.equal(leastSureInWords({ guesses: null }, 0.5), "");
});

test("what the server refuses is said", async () => {
  const { selectBy, said } = selectByOf({ api: { get: async () => Promise.reject(new Error("No such image.")) } });
  await selectBy.similar();
  assert.deepEqual(said, ["No such image."]);
});

test("images are similar by the space that was chosen", async () => {
  const asked = [];
  const { SelectBy: By } = await import("../../../pages/web/map/select_by.js");
  const client = { focus: 3, mapVersion: 1, selection: new Set(), setSelection: (found) => (client.selection = found), sayTrouble: () => {},
    api: { get: async (path) => (asked.push(path), path === "spaces" ? { spaces: [{ name: "m1", title: "M1's latents" }] } : { examples: [4] }) } };
  const by = new By(client, { clusters: null });
  await by.readSpaces();
  assert.equal(by.spaces[0].name, "m1");
  by.space = "timm:x&y";
  await by.similar();
  assert.equal(asked[1], "alike?example=3&n=20&by=timm%3Ax%26y");
  assert.deepEqual([...client.selection], [3, 4]);
});
