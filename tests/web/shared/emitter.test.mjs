import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../../pages/web/shared/emitter.js";

test("a listener hears what is emitted under its name until it stops", () => {
  const emitter = new Emitter();
  const heard = [];
  const stop = emitter.on("said", (detail) => heard.push(detail));
  emitter.emit("said", 1);
  emitter.emit("other", 2);
  stop();
  emitter.emit("said", 3);
  assert.deepEqual(heard, [1]);
});

test("all listeners can be forgotten at once", () => {
  const emitter = new Emitter();
  const heard = [];
  emitter.on("a", () => heard.push("a"));
  emitter.on("b", () => heard.push("b"));
  emitter.forgetListeners();
  emitter.emit("a");
  emitter.emit("b");
  assert.deepEqual(heard, []);
});
