import assert from "node:assert/strict";
import { test } from "node:test";
import { StatePoller } from "../../../pages/web/session/state_poller.js";

/** Runs a poller whose questions `answer` answers, given their number, until it was asked n times; gives the questions. */
async function asked(n, answer) {
  const stop = new AbortController();
  const [paths, states, lost] = [[], [], []];
  const timed = async (path, { signal }) => {
    paths.push(path);
    if (paths.length >= n) stop.abort();
    return answer(paths.length, signal, poller);
  };
  const poller = new StatePoller({ timed }, { onState: ({ body }) => states.push(body.version), onLost: (error) => lost.push(error.message) });
  await poller.run(stop.signal);
  return { paths, states, lost };
}

const state = (version) => ({ body: { version }, skew: 0 });

test("the first state is asked for at once, later ones as soon as they differ", async () => {
  const { paths, states } = await asked(3, (k) => state(`v ${k}`));
  assert.deepEqual(paths, ["state?wait=0", "state?after=v%201&wait=10", "state?after=v%202&wait=10"]);
  assert.deepEqual(states, ["v 1", "v 2"]); // the third came as the page went
});

test("after a failure the state is asked for at once again", async () => {
  const { paths, lost } = await asked(3, (k) => {
    if (k === 2) throw new Error("away");
    return state(`v${k}`);
  });
  assert.deepEqual([paths[2], lost], ["state?wait=0", ["away"]]);
});

test("asking anew ends the question that the server holds", async () => {
  const { paths, lost } = await asked(3, (k, signal, poller) => {
    if (k !== 2) return state(`v${k}`);
    setTimeout(() => poller.askAnew(), 5);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
  });
  assert.deepEqual([paths[2], lost], ["state?wait=0", []]);
});

test("who asks anew is told when a state has come that was asked for after it", async () => {
  const told = [];
  const { states } = await asked(4, (k, signal, poller) => {
    if (k !== 2) return state(`v${k}`);
    setTimeout(() => poller.askAnew().then(() => told.push("told")), 5);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
  });
  assert.deepEqual([states, told], [["v1", "v3"], ["told"]]);
});
