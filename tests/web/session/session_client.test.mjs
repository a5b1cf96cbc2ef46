import assert from "node:assert/strict";
import { after, test } from "node:test";

globalThis.window = { localStorage: { getItem: () => null, setItem() {}, removeItem() {} } };
const { NONE } = await import("../../../pages/web/session/label_overlay.js");
const { SessionClient } = await import("../../../pages/web/session/session_client.js");

const STATE = {
  version: "v1", person: "", labels: { seq: 5, saved_at: null }, map: { version: 1 }, snapshot: null, undo: "image 9 as cat", redo: null,
  classes: ["cat", "dog"].map((name, id) => ({ id, name, key: String(id), glyph: name[0], colour: null, count: 0 })),
};
const real = globalThis.fetch;
after(() => (globalThis.fetch = real));

/** A client of three images without a label, whose operations are answered by `answer(op, k)`. */
function connected(answer) {
  let seq = STATE.labels.seq;
  globalThis.fetch = async (url, { body }) => {
    assert.match(url, /^\/api\/sessions\/s\/events$/);
    return Response.json({ saved_at: 60, results: JSON.parse(body).ops.map((op) => ({ op_id: op.op_id, ...answer(op, (seq += 1)) })) });
  };
  const client = new SessionClient({ session: "s", api: "/api" });
  client.takeState(structuredClone(STATE));
  client.labelOverlay.load(new Uint8Array(3).fill(NONE), STATE.labels.seq);
  const said = [];
  client.on("message", ({ text }) => said.push(text));
  return { client, said };
}

const saved = async (client) => {
  for (let k = 0; k < 100 && client.pendingCount; k++) await new Promise((done) => setTimeout(done, 1));
};

test("a label shows at once, and is saved when the server says so", async () => {
  const { client } = connected((op, seq) => ({ seq }));
  client.label([1], 0);
  assert.deepEqual([client.labelOf(1), client.isPending(1), client.savedAt], [0, true, null]);
  await saved(client);
  assert.deepEqual([client.labelOf(1), client.isPending(1), client.savedAt], [0, false, 60]);
  client.stop();
});

test("undo is told by what was done here, otherwise by the server", async () => {
  const { client } = connected((op, seq) => ({ seq }));
  assert.equal(client.describe("undo"), "image 9 as cat");
  client.label([1], 1);
  assert.equal(client.describe("undo"), "image 1 as dog");
  assert.deepEqual(client.step("undo"), [1]);
  assert.deepEqual([client.labelOf(1), client.describe("redo")], [null, "image 1 as dog"]);
  await saved(client);
  client.stop();
});

test("a new class is there at once, and its maker learns its id", async () => {
  const { client } = connected((op, seq) => ({ seq, class: 2 }));
  const made = [];
  client.changeClass("class-add", { name: "owl" }, { made: (id) => made.push(id) });
  assert.equal(client.classes.at(-1).name, "owl");
  await saved(client);
  assert.deepEqual([made, client.classOf(2).name], [[2], "owl"]);
  client.stop();
});

test("a selection on a map that has moved is let go, with a word about it", () => {
  const { client, said } = connected();
  client.takeMap({ buffer: new ArrayBuffer(24), version: "1" });
  client.setSelection([0, 2], 1);
  client.dropStaleSelection();
  assert.equal(client.selection.size, 2);
  client.takeMap({ buffer: new ArrayBuffer(24), version: "2" });
  client.dropStaleSelection();
  assert.deepEqual([client.selection.size, said.length], [0, 1]);
  client.stop();
});

test("what a new class was made for gets it also on a page of later", async () => {
  let isThere = false;
  const { client } = connected((op, seq) => (op.kind === "class-add" ? { seq, class: 2 } : { seq }));
  const answering = globalThis.fetch;
  globalThis.fetch = async (...request) => (isThere ? answering(...request) : Response.json({ error: "There is no session." }, { status: 404 }));
  client.changeClass("class-add", { name: "owl" }, { then: { examples: [1] } });
  await new Promise((done) => setTimeout(done, 1));
  const [kept] = client.outbox.unsent;
  assert.deepEqual([kept.then, client.outbox.trouble], [{ examples: [1] }, "There is no session."]);
  client.stop();
  const later = connected((op, seq) => (op.kind === "class-add" ? { seq, class: 2 } : { seq })).client;
  later.outbox.ops = [{ ...kept, tries: 0 }];
  isThere = true;
  later.outbox.pump();
  await saved(later);
  assert.equal(later.labelOf(1), 2);
  later.stop();
});

test("what is discarded is shown no longer, and who waits for a class hears that there is none", async () => {
  const { client } = connected(() => ({}));
  globalThis.fetch = async () => Response.json({ error: "There is no session." }, { status: 404 });
  const made = [];
  client.label([1], 0);
  client.changeClass("class-add", { name: "owl" }, { made: (id) => made.push(id) });
  client.discardUnsent();
  assert.deepEqual([client.labelOf(1), client.pendingCount, client.classes.length, made], [null, 0, 2, [null]]);
  client.stop();
});
