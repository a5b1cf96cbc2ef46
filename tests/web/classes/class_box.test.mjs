import assert from "node:assert/strict";
import { test } from "node:test";
import { matches } from "../../../pages/web/classes/class_box.js";

const CLASSES = ["red fox", "fox", "foxglove", "outfox", "cat"].map((name, id) => ({ id, name }));
const names = (typed, classes = CLASSES) => matches(classes, typed).map(({ name }) => name);

test("what was typed is found first as a whole, then as a beginning, as a word, and within one", () => {
  assert.deepEqual(names("FOX"), ["fox", "foxglove", "red fox", "outfox"]);
});

test("with nothing typed all classes stand in their order", () => {
  assert.deepEqual(names(""), CLASSES.map(({ name }) => name));
});

test("a class that is being saved cannot be chosen yet", () => {
  assert.deepEqual(names("f", [{ id: -1, name: "fern" }, { id: 1, name: "fox" }]), ["fox"]);
});
