import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Http, HttpError, newId, sessionHttp } from "../../../pages/web/shared/http.js";

const real = globalThis.fetch;
afterEach(() => (globalThis.fetch = real));

/** Every request is answered so; returns what was asked. */
function answers(status, body, headers = {}) {
  const asked = [];
  globalThis.fetch = async (url, init) => {
    asked.push({ url, ...init });
    return new Response(body, { status, headers });
  };
  return asked;
}

const failure = (promise) => promise.then(() => assert.fail("it succeeded"), (error) => error);

test("JSON is read from below the base", async () => {
  const asked = answers(200, '{"n": 3}');
  assert.deepEqual(await new Http("/api/data/").get("sets"), { n: 3 });
  await new Http("/api/data").get();
  assert.deepEqual(asked.map(({ url }) => url), ["/api/data/sets", "/api/data"]);
});

test("a session's id is escaped in its address", () => {
  assert.equal(sessionHttp("/api", "a/b").url("state"), "/api/sessions/a%2Fb/state");
});

test("the server's sentence is the error's, and 4xx is final", async () => {
  answers(409, '{"error": "The map has moved."}');
  const error = await failure(new Http("/api").post("events", {}));
  assert.ok(error instanceof HttpError);
  assert.deepEqual([error.message, error.status, error.isSentence, error.final], ["The map has moved.", 409, true, true]);
});

test("a proxy's page is told by its number, and may be tried again", async () => {
  answers(502, "<html>Bad gateway</html>");
  const error = await failure(new Http("/api").get("state"));
  assert.deepEqual([error.message, error.isSentence, error.final], ["The server answered 502.", false, false]);
});

test("a missing login is no final refusal", async () => {
  answers(401, '{"error": "Log in first."}');
  const error = await failure(new Http("/api").get("state"));
  assert.deepEqual([error.needsLogin, error.final], [true, false]);
});

test("a server that is away is said in words", async () => {
  globalThis.fetch = async () => {
    throw new TypeError("fetch failed");
  };
  const error = await failure(new Http("/api").get("state"));
  assert.deepEqual([error.message, error.status, error.final],
    ["The server did not answer. Is the app still running?", 0, false]);
});

/** A server that never answers. */
function hangs() {
  globalThis.fetch = (url, { signal }) =>
    new Promise((_, fail) => signal.addEventListener("abort", () => fail(new DOMException("aborted", "AbortError"))));
}

test("a server that takes too long counts as lost", async () => {
  hangs();
  const error = await failure(new Http("/api").get("state", { timeout: 5 }));
  assert.ok(error instanceof HttpError);
  assert.equal(error.final, false);
});

test("who ends a request gets an AbortError", async () => {
  hangs();
  const abort = new AbortController();
  const waiting = failure(new Http("/api").get("state", { signal: abort.signal }));
  abort.abort();
  assert.equal((await waiting).name, "AbortError");
});

test("an array comes with its version", async () => {
  answers(200, new Uint8Array([1, 2, 3]), { "x-version": "7" });
  const { buffer, version } = await new Http("/api").array("labels");
  assert.deepEqual([[...new Uint8Array(buffer)], version], [[1, 2, 3], "7"]);
});

test("the server's clock is compared with ours", async () => {
  answers(200, "{}", { date: new Date(Date.now() + 60000).toUTCString() });
  const { skew } = await new Http("/api").timed("state");
  assert.ok(Math.abs(skew - 60) < 2);
});

test("ids are different", () => {
  assert.notEqual(newId(), newId());
});
