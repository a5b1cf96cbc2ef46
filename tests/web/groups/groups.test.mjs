import assert from "node:assert/strict";
import { test } from "node:test";
import { LayoutModes } from "../../../pages/web/ask/layout_modes.js";
import { Groups, namesOf } from "../../../pages/web/groups/groups.js";
import { NONE, STATES } from "../../../pages/web/session/label_overlay.js";
import { SessionState } from "../../../pages/web/session/session_state.js";

const SIZES = [4, 3, 2];
const settled = () => new Promise((then) => setTimeout(then, 5));

/** Groups of nine images; image 1 was seen by eye. `done` tells what was given, `posted` what was asked. */
async function groups({ labels = {} } = {}) {
  const client = new SessionState();
  const done = [], posted = [];
  const classes = ["cat", "dog"].map((name, id) => ({ id, name, key: String(id), glyph: name[0], colour: null, count: 0 }));
  client.labelOverlay.load(Uint8Array.from({ length: 9 }, (_, i) => labels[i] ?? NONE), 0);
  client.say = (text) => done.push(["say", text]);
  client.sayTrouble = (error) => done.push(["trouble", error.message]);
  client.give = (kind, examples, version, cls) => {
    done.push([kind, [...examples], cls]);
    client.labelOverlay.record({ op_id: String(done.length), kind, examples: [...examples], class: cls });
    client.emit("labels", { examples, own: true });
  };
  let version = 1;
  let answer = SIZES.map((size, id) => ({ id, size, shown: [0], half_of: null }));
  const of = () => Uint16Array.from([0, 0, 0, 0, 1, 1, 1, 2, 2]);
  const listed = () => ({ version, working: false, message: "", share: 0, seconds_left: null, error: "", space: "pixels", title: "Pixels", groups: answer });
  client.api = {
    get: async (path) => (path === "spaces" ? { spaces: [{ name: "pixels", title: "Pixels" }] } : listed()),
    bytes: async () => Uint8Array.from([...new Uint8Array(of().buffer), 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    post: async (path, body) => {
      posted.push(body);
      if (body.do === "split") {
        answer = [{ id: 3, size: 2, shown: [0], half_of: 0 }, { id: 4, size: 2, shown: [2], half_of: 0 }, ...answer.slice(1)];
        version += 1;
      }
      return listed();
    },
  };
  const layoutModes = new LayoutModes({ dataset: {} });
  const made = new Groups({ client, layoutModes });
  client.takeState({ classes, labels: { seq: 0 }, map: { version: 2 }, snapshot: null });
  layoutModes.choose("groups");
  await settled();
  return { made, client, done, posted, layoutModes };
}

test("a key names all of the framed group that nobody saw by eye, and goes on to the next", async () => {
  const { made, done } = await groups();
  assert.equal(made.current, 0);
  made.say("label", 1);
  assert.deepEqual(done, [["group", [0, 2, 3], 1]]);
  assert.deepEqual([made.current, made.names.get(0), made.open.length], [1, 1, 2]);
  assert.deepEqual(made.progress, { named: 1, of: 3, share: 4 / 9 });
});

test("groups of one name stand together, and an undo leads back to its group", async () => {
  const { made, client } = await groups();
  made.say("label", 1);
  made.say("label", 1);
  assert.deepEqual(made.named.map(({ cls, groups: its }) => [cls.name, its.map((one) => one.id)]), [["dog", [0, 1]]]);
  assert.equal(made.current, 2);
  const { examples } = client.labelOverlay.step({ op_id: "u", kind: "undo" });
  client.emit("labels", { examples, own: false });
  assert.deepEqual([made.current, made.names.has(1)], [1, false]);
});

test("the current group is what the map highlights, until something else is selected", async () => {
  const { made, client, layoutModes } = await groups();
  assert.deepEqual([...client.selection], [0, 1, 2, 3]);
  assert.equal(made.takesKeys, true);
  client.setSelection([5, 6]);
  assert.equal(made.takesKeys, false);
  made.select(2);
  assert.deepEqual([...client.selection], [7, 8]);
  layoutModes.choose("grid");
  assert.deepEqual([client.selection.size, made.takesKeys], [0, false]);
});

test("a skipped group comes last, and states go to each image of a group", async () => {
  const { made, done } = await groups();
  made.say("skip");
  assert.deepEqual(made.open.map((group) => group.id), [1, 2, 0]);
  assert.deepEqual([made.current, done.length], [1, 0]);
  made.say("junk");
  assert.deepEqual(done, [["junk", [4, 5, 6], undefined]]);
});

test("a group is split, and its first half is framed", async () => {
  const { made, posted, done } = await groups();
  made.join();
  assert.match(done[0][1], /not split/);
  await made.split();
  assert.deepEqual(posted, [{ do: "split", group: 0 }]);
  assert.deepEqual([made.current, made.all.length], [3, 4]);
});

test("arrows go through all groups, those with a name too", async () => {
  const { made } = await groups({ labels: { 4: 0, 5: 0, 6: 0 } });
  assert.deepEqual(made.open.map((group) => group.id), [0, 2]);
  const seen = [1, 2, 3].map(() => (made.move(1, 0), made.current));
  assert.deepEqual(seen, [2, 1, 0]);
});

test("a group has the name of more than half of it, and states are no name", () => {
  const list = [{ id: 7, size: 4 }, { id: 9, size: 2 }];
  const of = Uint16Array.from([7, 7, 7, 7, 9, 9]);
  const names = (...labels) => [...namesOf(of, Uint8Array.from(labels), list)];
  assert.deepEqual(names(3, 3, 3, NONE, NONE, NONE), [[7, 3]]);
  assert.deepEqual(names(3, 3, NONE, NONE, 5, 5), [[9, 5]]);
  assert.deepEqual(names(STATES.junk, STATES.junk, STATES.junk, STATES.junk, 0, 0), [[9, 0]]);
});
