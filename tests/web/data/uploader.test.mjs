import assert from "node:assert/strict";
import { test } from "node:test";
import { Upload, chosen, dropped, nameOf } from "../../../pages/web/data/uploader.js";
import { HttpError } from "../../../pages/web/shared/http.js";

const MB = 1 << 20;
const file = (path, size = 1) => ({ path, file: new File([new Uint8Array(size)], path.split("/").at(-1)) });

/** The parts in a body: [{path, at, n}]. */
async function partsOf(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const parts = [];
  for (let at = 0; at < bytes.length;) {
    const length = new DataView(bytes.buffer).getUint32(at);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(at + 4, at + 4 + length)));
    parts.push(head);
    at += 4 + length + head.n;
  }
  return parts;
}

/** A server that keeps the parts of each body; `refuse(n)` may throw at the n-th. */
function server({ received = {}, refuse = () => {} } = {}) {
  const bodies = [];
  let n = 0;
  return { bodies, post: async () => ({ upload: "u", received }), send: async (path, blob) => {
    refuse(n++);
    bodies.push(await partsOf(blob));
  } };
}

test("what was dropped is named after its one folder or file, else images", () => {
  assert.equal(nameOf([file("birds/a.png"), file("birds/b/c.png")]), "birds");
  assert.equal(nameOf([file("birds.zip")]), "birds");
  assert.equal(nameOf([file(".png")]), ".png");
  assert.equal(nameOf([file("a.png"), file("b.png")]), "images");
});

test("files chosen in a dialog have their paths in the folder", () => {
  const inFolder = Object.defineProperty(new File([], "a.png"), "webkitRelativePath", { value: "birds/a.png" });
  assert.deepEqual(chosen([inFolder, new File([], "b.png")]).map(({ path }) => path), ["birds/a.png", "b.png"]);
  assert.deepEqual(chosen(null), []);
});

test("dropped folders are walked through; a file that cannot be read is left out", async () => {
  const leaf = (fullPath, read) => ({ isFile: true, fullPath, file: read });
  const entries = [leaf("/birds/a.png", (done) => done(new File([], "a.png"))), leaf("/birds/b.png", (done, fail) => fail(new Error("gone")))];
  const readEntries = (done) => done(entries.splice(0, 1)); // one at a time, then none
  const folder = { isFile: false, fullPath: "/birds", createReader: () => ({ readEntries }) };
  const found = await dropped({ items: [{ webkitGetAsEntry: () => folder }], files: [] });
  assert.deepEqual(found.map(({ path }) => path), ["birds/a.png"]);
});

test("many small files go in one body", async () => {
  const [to, files] = [server(), [file("d/a", 10), file("d/b", 20)]];
  const upload = new Upload(to, files, () => {});
  assert.equal(await upload.run(), "u");
  assert.deepEqual(to.bodies, [[{ path: "d/a", at: 0, n: 10 }, { path: "d/b", at: 0, n: 20 }]]);
  assert.equal(upload.sent, upload.total);
});

test("a large file goes in pieces of 4 MB, in order", async () => {
  const to = server();
  await new Upload(to, [file("big", 9 * MB)], () => {}).run();
  assert.deepEqual(to.bodies.flat().map(({ at, n }) => [at / MB, n / MB]), [[0, 4], [4, 4], [8, 1]]);
});

test("an upload goes on where it stopped", async () => {
  const to = server({ received: { "d/a": 10, "d/b": 5 } });
  const upload = new Upload(to, [file("d/a", 10), file("d/b", 20)], () => {});
  await upload.run();
  assert.deepEqual(to.bodies, [[{ path: "d/b", at: 5, n: 15 }]]);
  assert.equal(upload.sent, 30);
});

test("a body that is refused for good is not sent again", async () => {
  let tries = 0;
  const to = server({ refuse: () => {
    tries++;
    throw new HttpError("The disk is full.", 413, true);
  } });
  await assert.rejects(new Upload(to, [file("a")], () => {}).run(), { message: "The disk is full." });
  assert.equal(tries, 1);
});

test("a body that does not arrive is sent again after a second", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const to = server({ refuse: (n) => {
    if (n === 0) throw new HttpError("The server did not answer.");
  } });
  const running = new Upload(to, [file("a")], () => {}).run();
  await new Promise((done) => setImmediate(done));
  assert.equal(to.bodies.length, 0);
  t.mock.timers.tick(1000);
  await running;
  assert.equal(to.bodies.length, 1);
});
