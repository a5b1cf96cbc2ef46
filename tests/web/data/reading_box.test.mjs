/** What is sent when a person changes how a file is read. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen } from "../../../pages/web/data/reading_box.js";

const option = (name, value, isChosen = false) => ({ name, title: name, value, options: [[value, value]], is_chosen: isChosen });
const OPTIONS = [option("delimiter", "tab", true), option("header", "", true), option("label", "breed", true), option("numbers", "grey")];

test("only what a person chose is said again", () => {
  assert.deepEqual(chosen(OPTIONS), { delimiter: "tab", header: "", label: "breed" });
  assert.deepEqual(chosen([]), {});
});

test("what depends on a changed choice is found anew", () => {
  assert.deepEqual(chosen(OPTIONS, "header", "first-row"), { delimiter: "tab", header: "first-row" });
  assert.deepEqual(chosen(OPTIONS, "numbers", "vector"), { delimiter: "tab", header: "", label: "breed", numbers: "vector" });
});
