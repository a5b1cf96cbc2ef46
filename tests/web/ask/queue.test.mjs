import assert from "node:assert/strict";
import { test } from "node:test";
import { LayoutModes } from "../../../pages/web/ask/layout_modes.js";
import { Queue } from "../../../pages/web/ask/queue.js";
import { NONE } from "../../../pages/web/session/label_overlay.js";
import { SessionState } from "../../../pages/web/session/session_state.js";
import { HttpError } from "../../../pages/web/shared/http.js";

globalThis.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} });

const range = (from, to) => Array.from({ length: to - from }, (_, k) => from + k);
const settled = () => new Promise((then) => setImmediate(then));

const STRATEGIES = [
  { name: "auto", title: "Automatic", about: "", needs_class: false },
  { name: "class", title: "One class", about: "", needs_class: true },
];

/** The queue of a session whose server answers with `answer(query)`: examples; `asked` are the queries. */
function queueOf({ n = 200, answer = () => range(0, 48) } = {}) {
  const client = new SessionState();
  const asked = [];
  client.say = (text) => asked.push(text);
  client.api = {
    get: async (path) => {
      const query = new URLSearchParams(path.split("?")[1]);
      asked.push(query);
      const items = (await answer(query)).map((example) => ({ example, why: `because of ${example}` }));
      return { strategy: query.get("strategy"), title: "Automatic", items, strategies: STRATEGIES };
    },
  };
  client.labelOverlay.load(new Uint8Array(n).fill(NONE), 0);
  const layoutModes = new LayoutModes({ dataset: {} });
  const queue = new Queue({ client, layoutModes });
  const say = (kind, examples, cls) => {
    client.labelOverlay.record({ op_id: `${kind} ${examples}`, kind, examples, class: cls });
    client.emit("labels", { examples, own: true });
  };
  const begin = async () => {
    client.takeState({ classes: [], labels: { seq: 0 }, data: { n }, map: { version: 1 }, snapshot: null });
    await settled();
  };
  return { queue, client, asked, say, begin, layoutModes };
}

const shown = (queue) => queue.page.map((item) => item.example);

test("the first state brings the first page, and frames its first image", async () => {
  const { queue, client, begin, asked } = queueOf();
  assert.equal(queue.isWaiting, true);
  await begin();
  assert.deepEqual(shown(queue), range(0, 12));
  assert.deepEqual([queue.isWaiting, client.focus, client.asked, queue.coming.length], [false, 0, range(0, 12), 36]);
  assert.equal(asked[0].get("n"), "48");
});

test("after a label the next open image is framed; a full page turns", async () => {
  const { queue, client, begin, say } = queueOf();
  await begin();
  say("label", [0], 1);
  queue.next();
  assert.equal(client.focus, 1);
  say("label", range(1, 12), 1);
  queue.next();
  assert.deepEqual([shown(queue), client.focus], [range(12, 24), 12]);
});

test("what was skipped before is asked again, what is skipped on this page is not", async () => {
  const { queue, begin, say } = queueOf();
  say("skip", [0]);
  await begin();
  assert.equal(queue.isOpen(0), true);
  queue.willSkip([1]);
  say("skip", [1]);
  assert.equal(queue.isOpen(1), false);
});

test("another order is asked at once, in place of the page", async () => {
  const { queue, asked, begin } = queueOf({ answer: (query) => (query.get("class") ? range(60, 70) : range(0, 48)) });
  await begin();
  await queue.choose({ strategy: "class", cls: 3, mix: 0.2 });
  assert.deepEqual(Object.fromEntries(asked[1]), { strategy: "class", n: "48", mix: "0.2", class: "3" });
  assert.deepEqual([shown(queue), queue.needsClass], [range(60, 70), true]);
});

test("an order that the server refuses gives way to the default", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const answer = (query) => {
    if (query.get("strategy") === "class") throw new HttpError("There is no such class.", 400, true);
    return range(0, 48);
  };
  const { queue, asked, begin } = queueOf({ answer });
  await begin();
  queue.choose({ strategy: "class", cls: 3 });
  await settled();
  t.mock.timers.tick(1000);
  await settled();
  assert.deepEqual([asked[2], asked[3].get("strategy"), queue.order.strategy], ["There is no such class.", "auto", "auto"]);
});

test("the card has room for one more; what no longer fits waits", async () => {
  const { queue, begin, layoutModes } = queueOf();
  await begin();
  layoutModes.choose("card");
  assert.deepEqual(shown(queue), range(0, 13));
  layoutModes.choose("grid");
  assert.deepEqual([shown(queue), queue.coming[0].example], [range(0, 12), 12]);
});

test("arrows move by columns and rows of the grid", async () => {
  const { queue, client, begin } = queueOf();
  await begin();
  queue.move(1, 1);
  assert.equal(client.focus, 4);
  queue.move(0, -1);
  queue.move(0, -1);
  assert.equal(client.focus, 1);
});

test("a server that suggests nothing more ends the waiting", async () => {
  const { queue, client, begin } = queueOf({ answer: () => [] });
  await begin();
  assert.deepEqual([shown(queue), queue.isWaiting, client.focus], [[], false, null]);
});
