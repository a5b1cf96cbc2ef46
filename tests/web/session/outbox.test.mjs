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

const away = () => {
  throw new HttpError("The server did not answer.");
};

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

test("a refusal in a result ends an operation, and does not take the others with it", async () => {
  const answer = (ops) => ({ results: ops.map(({ op_id }) => (op_id === "bad" ? { op_id, error: "No such class." } : { op_id, seq: 1 })) });
  const { outbox, answered } = sending([answer]);
  outbox.push(op("a"), op("bad"), op("c"));
  await idle(outbox);
  assert.deepEqual(answered, [["a", "stored"], ["bad", "No such class."], ["c", "stored"]]);
});

const refusing = (status, sentence = true) => () => {
  throw new HttpError("There is no session 's' in this workspace.", status, sentence);
};

// What may answer at the address of an app that is gone, or that runs on another folder now.
const NO_RESULT = {
  "no such session": refusing(404), "a bad request": refusing(400), "a login": refusing(401), "another site": refusing(403),
  "a conflict": refusing(409), "an unknown method": refusing(405), "too many": refusing(429), "gone": refusing(410),
  "busy": refusing(503), "a full disk": refusing(507), "a proxy's page": refusing(404, false), "a gateway": refusing(502, false),
  "nothing": away, "no JSON": () => JSON.parse("<html>"), "null": () => null, "a list": () => [], "a text": () => "ok",
  "an empty object": () => ({}), "another app": () => ({ status: "ok" }), "an echo": (ops) => ({ ops }), "results of another kind": () => ({ results: "many" }),
  "no results": () => ({ results: [] }), "results of others": () => ({ results: [{ op_id: "z", seq: 9 }] }),
  "results without an outcome": (ops) => ({ results: ops.map(({ op_id }) => ({ op_id })) }),
  "results of no form": () => ({ results: [null, 3, "a", { seq: 1 }, { op_id: 7, seq: 1 }] }),
};

for (const [name, answer] of Object.entries(NO_RESULT)) {
  test(`only a result for it ends an operation, not ${name}`, async () => {
    const turns = [answer, answer, answer, stored];
    const { outbox, sent, answered, storage } = sending(turns);
    let kept = null;
    turns[2] = (ops) => {
      kept = JSON.parse(Object.values(storage)[0]).map(({ op_id }) => op_id);
      return answer(ops);
    };
    outbox.push(op("a"), op("b"), op("c"), op("d"));
    await idle(outbox);
    assert.deepEqual(kept, ["a", "b", "c", "d"]);
    assert.deepEqual(sent.at(-1), ["a", "b", "c", "d"]);
    assert.deepEqual(answered.map(([, outcome]) => outcome), Array(4).fill("stored"));
    assert.deepEqual(Object.keys(storage), []);
  });
}

test("a batch that is too large goes out in smaller ones; what is too large alone is put aside and kept", async () => {
  const large = (ops) => {
    if (ops.length > 2 || ops.some(({ op_id }) => op_id === "huge")) throw new HttpError("Too large.", 413);
    return stored(ops);
  };
  const { outbox, answered, storage } = sending([large]);
  outbox.push(op("a"), op("b"), op("huge"), op("c"), op("d"), op("e"));
  await idle(outbox);
  assert.deepEqual(answered.map(([id]) => id), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(outbox.unsent.map(({ op_id }) => op_id), ["huge"]);
  assert.equal(JSON.parse(Object.values(storage)[0])[0].op_id, "huge");
});

for (const [name, bug] of Object.entries({ "a sentence about a bug": refusing(500), "no answer for it": () => ({ results: [] }) })) {
  test(`one operation that meets ${name} again and again holds up no other and is kept`, async () => {
    const meeting = (ops) => (ops.some(({ op_id }) => op_id === "bug") && ops.length === 1 ? bug()
      : { results: ops.filter(({ op_id }) => op_id !== "bug").map(({ op_id }) => ({ op_id, seq: 1 })) });
    const { outbox, sent, answered, storage } = sending([meeting]);
    outbox.push(op("bug"), op("a"), op("b"));
    await idle(outbox);
    assert.deepEqual(answered.map(([id]) => id), ["a", "b"]);
    assert.ok(sent.length < 10);
    assert.deepEqual(outbox.parked.map(({ op_id }) => op_id), ["bug"]);
    assert.equal(Object.keys(storage).length, 1);
    const tried = sent.length;
    outbox.retry();
    await idle(outbox);
    assert.ok(sent.length > tried);
    assert.deepEqual(outbox.discard().map(({ op_id }) => op_id), ["bug"]);
    assert.deepEqual([outbox.unsent, Object.keys(storage)], [[], []]);
  });
}

test("what is discarded while a request is under way is not answered", async () => {
  let answer;
  const { outbox, answered, storage } = sending([() => new Promise((done) => (answer = done)), stored]);
  outbox.push(op("a"));
  outbox.discard();
  answer(stored([op("a")]));
  await new Promise((done) => setImmediate(done));
  assert.deepEqual([answered, Object.keys(storage)], [[], []]);
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

test("storage that is forbidden loses nothing that goes out, and the page knows that it alone has it", async () => {
  const storage = { setItem: away, getItem: away, removeItem: away };
  const { outbox, answered } = sending([stored], storage);
  outbox.push(op("a"));
  assert.equal(outbox.isKept, false);
  await idle(outbox);
  assert.deepEqual(answered, [["a", "stored"]]);
});

test("a browser without storage has an outbox all the same", async () => {
  for (const window of [{}, { get localStorage() { throw new Error("The operation is insecure."); } }]) {
    globalThis.window = window;
    const outbox = new Outbox({ session: "s", send: async (ops) => stored(ops), onAnswer: () => {}, onChange: () => {} });
    outbox.push(op("a"));
    assert.equal(outbox.isKept, false);
    await idle(outbox);
    assert.deepEqual(outbox.ops, []);
  }
  delete globalThis.window;
});

test("where the storage is full, what earlier pages left stays there until it is answered", async () => {
  const storage = new Storage();
  const earlier = sending([() => new Promise(() => {})], storage).outbox;
  earlier.push(op("a"), op("b"));
  const [entry] = Object.keys(storage);
  let room = 0;
  storage.setItem = function (name, text) {
    if (text.length > room) throw new Error("QuotaExceededError");
    this[name] = text;
  };
  Object.defineProperty(storage, "setItem", { enumerable: false });
  const { outbox } = sending([stored], storage);
  assert.equal(outbox.adopt().length, 2);
  assert.deepEqual([outbox.isKept, Object.keys(storage)], [false, [entry]]);
  outbox.pump();
  await idle(outbox);
  assert.deepEqual(Object.keys(storage), []);
  room = Infinity;
});
