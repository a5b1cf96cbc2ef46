import assert from "node:assert/strict";
import { test } from "node:test";
import { CardReader } from "../../../pages/web/ask/card_reader.js";
import { HttpError } from "../../../pages/web/shared/http.js";

function reading(answer = async (path) => ({ path })) {
  const asked = [];
  const client = {
    guesses: { rev: "1" }, state: { trainer: { state: "training" } },
    api: { get: (path) => (asked.push(path), answer(path)) },
  };
  return { reader: new CardReader(client), client, asked };
}

test("a card is kept, and fresh until the model or the trainer is another", async () => {
  const { reader, client } = reading();
  assert.equal(reader.peek(4), null);
  await reader.ask(4);
  assert.deepEqual([reader.peek(4).path, reader.isFresh(4)], ["card?example=4", true]);
  client.guesses = { rev: "2" };
  assert.deepEqual([reader.peek(4).path, reader.isFresh(4)], ["card?example=4", false]);
});

test("a question that is under way is not put again", async () => {
  const { reader, asked } = reading();
  await Promise.all([reader.ask(4), reader.ask(4), reader.ask(5)]);
  assert.deepEqual(asked, ["card?example=4", "card?example=5"]);
});

test("why there is no card is said in the server's words, or ours", async () => {
  const troubles = [new HttpError("The disk is full.", 503, true), new HttpError("The server answered 502.", 502)];
  const { reader } = reading(async () => {
    throw troubles.shift();
  });
  assert.deepEqual(await reader.ask(4), { card: null, trouble: "The disk is full." });
  assert.deepEqual(await reader.ask(4), { card: null, trouble: "The trainer does not answer now." });
});
