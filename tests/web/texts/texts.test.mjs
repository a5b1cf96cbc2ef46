import assert from "node:assert/strict";
import { test } from "node:test";
import { marked } from "../../../pages/web/texts/text_card.js";
import { Texts, nounOf } from "../../../pages/web/texts/texts.js";

globalThis.document ??= { createElement: () => ({ append() {}, dataset: {}, setAttribute() {}, tagName: "MARK" }) };

test("wishes of a moment are one request, and what came is kept", async () => {
  const asked = [];
  const texts = new Texts(async (ids) => (asked.push(ids), ids.map((id) => `text ${id}`)));
  assert.deepEqual(await Promise.all([texts.get(3), texts.get(5), texts.get(3)]), ["text 3", "text 5", "text 3"]);
  assert.equal(await texts.get(5), "text 5");
  assert.deepEqual(asked, [[3, 5]]);
});

test("what could not be had is asked for again", async () => {
  let fails = true;
  const texts = new Texts(async (ids) => {
    if (fails) throw new Error("away");
    return ids.map(String);
  });
  await assert.rejects(texts.get(1), /away/);
  fails = false;
  assert.equal(await texts.get(1), "1");
});

test("whole words are marked, in small letters or not, of any script", () => {
  const kinds = (text, words) => marked(text, words).map((part) => (typeof part === "string" ? part : "*"));
  assert.deepEqual(kinds("Mail, e-mails and MAIL.", ["mail"]), ["*", ", ", "e", "-", "mails", " ", "and", " ", "*", "."]);
  assert.deepEqual(kinds("Größe zählt", ["größe"]), ["*", " ", "zählt"]);
  assert.deepEqual(kinds("", ["a"]), []);
});

test("an example is called what it is", () => {
  assert.equal(nounOf({ state: { data: { are_texts: true } } }), "text");
  assert.equal(nounOf({ state: null }), "image");
});
