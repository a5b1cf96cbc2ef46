import assert from "node:assert/strict";
import { test } from "node:test";
import { topGuesses } from "../../../pages/web/ask/card.js";
import { whyInWords } from "../../../pages/web/ask/queue_panel.js";

const CLASSES = [{ id: 0, name: "cat", key: "0" }, { id: 1, name: "dog", key: "1" }];
const classOf = (id) => CLASSES.find((cls) => cls.id === id);

test("the likeliest classes are the card's, without those that are gone or hardly likely", () => {
  const client = { classOf, guessOf: () => null };
  const guesses = [{ class: 9, p: 0.6 }, { class: 1, p: 0.396 }, { class: 0, p: 0.004 }];
  assert.deepEqual(topGuesses(client, 5, { guesses }), [{ cls: CLASSES[1], p: 0.396 }]);
});

test("without a card they are the two that all guesses hold", () => {
  const client = { classOf, guessOf: () => ({ best: 1, p: 0.9, second: 0, p2: 0.1 }) };
  assert.deepEqual(topGuesses(client, 5, null).map(({ p }) => p), [0.9, 0.1]);
  assert.deepEqual(topGuesses({ classOf, guessOf: () => null }, 5, null), []);
});

test("why the framed image is asked about", () => {
  const queue = { itemOf: (example) => (example === 5 ? { example, why: "It is odd." } : undefined) };
  const why = (known) => whyInWords({ classes: CLASSES, labelOverlay: { labelled: 2 }, focus: 5, ...known }, queue);
  assert.deepEqual(why({}), ["Why this one?", "It is odd."]);
  assert.equal(why({ classes: [] })[1], "Press N to name the first one.");
  assert.equal(why({ labelOverlay: { labelled: 0 } })[0], "Start here.");
  assert.deepEqual(why({ focus: 7 }), ["Image 7 is framed on the map.", "Press 0 to 1 to label it."]);
  assert.equal(why({ focus: null })[0], "Nothing is framed.");
});
