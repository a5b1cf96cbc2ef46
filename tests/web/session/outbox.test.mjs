import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../../pages/web/session/outbox.js";
import { Backoff } from "../../../pages/web/shared/backoff.js";
import { HttpError } from "../../../pages/web/shared/http.js";

class Storage {
  setItem(name, text) {
    this[name] = text;
  }

  getItem(name) {
    return this[name] ?? null;
  }

  removeItem(name) {
    delete this[name];
  }
}

const op = (op_id) => ({ op_id, kind: "label", examples: [1], class: 2 });
const stored = (ops) => ({ results: ops.map(({ op_id }) => ({ op_id, seq: 1 })) });

/** An outbox whose requests are answered by the functions in turn, the last one again and again. */
function sending(turns, storage = new Storage()) {
  const [sent, answered, waits] = [[], [], []];
  const outbox = new Outbox({
    session: "s", storage,
    send: async (ops) => {
      sent.push(ops.map(({ op_id }) => op_id));
      return (turns.length > 1 ? turns.shift() : turns[0])(ops);
    },
    onAnswer: ({ op_id }, result) => answered.push([op_id, result.error ?? "stored"]),
    onChange: () => {},
    backoff: new Backoff(async (ms) => void waits.push(ms)),
  });
  return { outbox, sent, answered, waits, storage };
}

const idle = async (outbox) => {
  for (let k = 0; k < 100 && outbox.ops.length; k++) await new Promise((done) => setImmediate(done));
};

const away = () => {
  throw new HttpError("The server did not answer.");
};

test("what waits while a request is under way goes out together in the next, in order", async () => {
  const { outbox, sent, answered } = sending([stored]);
  for (const id of ["a", "b", "c"]) outbox.push(op(id));
  await idle(outbox);
  assert.deepEqual(sent, [["a"], ["b", "c"]]);
  assert.deepEqual(answered, [["a", "stored"], ["b", "stored"], ["c", "stored"]]);
});

test("an unanswered operation is sent again with its id: after 250 ms, then 500 ms", async () => {
  const { outbox, sent, waits } = sending([away, away, stored]);
  outbox.push(op("a"));
  await idle(outbox);
  assert.deepEqual(sent, [["a"], ["a"], ["a"]]);
  assert.deepEqual(waits, [250, 500]);
});

test("one that is refused for good does not take the others with it", async () => {
  const refusing = (ops) => {
    if (ops.some(({ op_id }) => op_id === "bad")) throw new HttpError("No such class.", 400, true);
    return stored(ops);
  };
  const { outbox, answered } = sending([refusing]);
  outbox.push(op("a"), op("bad"), op("c"));
  await idle(outbox);
  assert.deepEqual(answered, [["a", "stored"], ["bad", "No such class."], ["c", "stored"]]);
});

test("while the server cannot save, its sentence is the trouble", async () => {
  let trouble = "";
  const full = () => {
    throw new HttpError("The disk is full.", 507, true);
  };
  const { outbox } = sending([full, (ops) => ((trouble = outbox.trouble), stored(ops))]);
  outbox.push(op("a"));
  await idle(outbox);
  assert.equal(trouble, "The disk is full.");
  assert.equal(outbox.trouble, "");
});

test("what an earlier page left unsent is taken over, once, and kept until it is answered", async () => {
  const storage = new Storage();
  const earlier = sending([() => new Promise(() => {})], storage).outbox; // never answered
  earlier.push(op("a"), op("b"));
  const { outbox, sent } = sending([stored], storage);
  assert.deepEqual(outbox.adopt().map(({ op_id }) => op_id), ["a", "b"]);
  assert.equal(Object.keys(storage).length, 1);
  outbox.pump();
  await idle(outbox);
  assert.deepEqual(sent, [["a", "b"]]);
  assert.deepEqual(Object.keys(storage), []);
});

test("storage that is forbidden loses nothing that goes out", async () => {
  const storage = { setItem: away, getItem: away, removeItem: away };
  const { outbox, answered } = sending([stored], storage);
  outbox.push(op("a"));
  await idle(outbox);
  assert.deepEqual(answered, [["a", "stored"]]);
});
