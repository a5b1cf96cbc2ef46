import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../../pages/web/shared/backoff.js";

function recorded() {
  const waits = [];
  return { waits, backoff: new Backoff(async (ms) => void waits.push(ms)) };
}

test("the first wait is 250 ms, each further one is twice as long, up to 2 s", async () => {
  const { waits, backoff } = recorded();
  for (let k = 0; k < 6; k++) await backoff.failed();
  assert.deepEqual(waits, [250, 500, 1000, 2000, 2000, 2000]);
});

test("after a success it begins at 250 ms again", async () => {
  const { waits, backoff } = recorded();
  await backoff.failed();
  await backoff.failed();
  backoff.succeeded();
  await backoff.failed();
  assert.deepEqual(waits, [250, 500, 250]);
});
