import assert from "node:assert/strict";
import { test } from "node:test";
import { meantByAuto, titleOf } from "../../../pages/web/data/encoder_menu.js";
import { doing } from "../../../pages/web/shared/format.js";

const OPTIONS = [{ name: "onnx", title: "ONNX file", about: "", argument: "FILE" }];
const ENCODER = { choice: "auto", stands_for: "onnx", beside: "", n_features: 0, options: OPTIONS };

test("an encoder is called by its title, and one that is not known by its name", () => {
  assert.equal(titleOf(ENCODER, "auto"), "Auto");
  assert.equal(titleOf(ENCODER, "onnx:/models/clip.onnx"), "ONNX file");
  assert.equal(titleOf(ENCODER, "other:x"), "other:x");
});

test("auto means what is learned on small grey images, and a network beside it", () => {
  const options = ["net", "onnx", "own"].map((name) => ({ name, title: name, about: "", argument: "" }));
  const names = (/** @type {any} */ more) => meantByAuto({ ...ENCODER, options, ...more }).map(({ name }) => name);
  assert.deepEqual(names({ stands_for: "own", beside: "net" }), ["own", "net"]);
  assert.deepEqual(names({}), ["onnx"]);
  assert.deepEqual(names({ stands_for: "" }), []);
});

test("what the trainer says is told apart: what it does, how far it is, and what else", () => {
  assert.deepEqual(doing("encoding the images, 3,200 of 10,000"), ["Encoding the images", "3,200 of 10,000", ""]);
  assert.deepEqual(doing("encoding the images, 3 of 9. The disk is full. Free some."),
    ["Encoding the images", "3 of 9", "The disk is full. Free some."]);
  assert.deepEqual(doing(), ["", "", ""]);
});
