import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { classOf, listenToKeys } from "../../../pages/web/label/keys.js";

const CLASSES = [
  { id: 0, name: "zero", key: "0" }, { id: 1, name: "one", key: "1" }, { id: 2, name: "cat", key: "c" },
  { id: -1, name: "not stored yet", key: "d" },
];

const pressed = (key, more = {}) => ({ key, code: "", shiftKey: false, ...more });

beforeEach(() => (globalThis.window = new EventTarget()));
afterEach(() => delete globalThis.window);

/** The page's parts, which note what they are told, and a keyboard: press(key, {..}) tells whether it meant something. */
function keyboard({ isOpen = false, groupsOpen = false, tagName = "BODY" } = {}) {
  const done = [];
  const noting = (name, known = {}) => new Proxy(known, {
    get: (target, verb) => (verb in target ? target[verb] : (...given) => void done.push([`${name}.${verb}`, ...given])),
  });
  const stop = listenToKeys({
    client: { classes: CLASSES, focus: 5 }, actions: noting("actions"), map: noting("map", { pointer: noting("pointer") }),
    queue: noting("queue"), grid: noting("grid", { isOpen }), layoutModes: noting("layoutModes", { kind: "grid" }),
    selectBy: noting("selectBy"), sheet: noting("sheet", { isOpen: false }), chips: noting("chips"),
    gridPanel: noting("gridPanel"), groups: noting("groups", { isOpen: groupsOpen }), menu: noting("menu"), history: noting("history"), training: noting("training"),
  });
  const press = (key, more = {}) => {
    const event = Object.assign(new Event("keydown", { cancelable: true }), pressed(key, more));
    event.composedPath = () => [{ tagName, ...more.target }];
    globalThis.window.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { press, done, stop };
}

test("a class is told by its key, a digit also by its place", () => {
  assert.equal(classOf(pressed("C"), CLASSES).id, 2);
  assert.equal(classOf(pressed("&", { code: "Digit1" }), CLASSES).id, 1);
  assert.equal(classOf(pressed("1", { shiftKey: true, code: "Digit1" }), CLASSES).id, 1);
});

test("with Shift a letter is a command, and a class that is not stored yet has no key", () => {
  assert.equal(classOf(pressed("C", { shiftKey: true }), CLASSES), undefined);
  assert.equal(classOf(pressed("d"), CLASSES), undefined);
});

test("keys do what the sheet says", () => {
  const { press, done } = keyboard();
  for (const key of ["1", "u", "ArrowDown", "Enter", "m"]) assert.equal(press(key), true);
  press("z", { shiftKey: true });
  assert.deepEqual(done, [["actions.assign", 1], ["actions.put", "unsure"], ["queue.move", 0, 1], ["actions.accept"],
    ["map.reveal", 5], ["actions.step", "redo"]]);
});

test("the open board has the arrows and Space", () => {
  const { press, done } = keyboard({ isOpen: true });
  press("ArrowLeft");
  press(" ", { code: "Space" });
  assert.deepEqual(done, [["grid.move", -1, 0], ["grid.markFramed"]]);
});

test("a key means nothing where a person types, with Ctrl, held down, or unknown", () => {
  const typing = keyboard({ tagName: "INPUT" });
  assert.equal(typing.press("1"), false);
  typing.stop();
  const { press, done } = keyboard();
  assert.deepEqual([press("1", { ctrlKey: true }), press("1", { repeat: true }), press("q")], [false, false, false]);
  assert.deepEqual(done, []);
});

test("a focused button keeps Enter and Space", () => {
  const { press, done } = keyboard({ tagName: "BUTTON" });
  assert.deepEqual([press("Enter"), press(" ", { code: "Space" })], [false, false]);
  assert.deepEqual(done, []);
});

test("nothing is heard any more after the end", () => {
  const { press, done, stop } = keyboard();
  stop();
  press("1");
  assert.deepEqual(done, []);
});

test("K splits a group where groups are open, and ⇧K joins it again", () => {
  const { press, done } = keyboard({ groupsOpen: true });
  press("k");
  press("k", { shiftKey: true });
  press("ArrowRight");
  assert.deepEqual(done, [["groups.split"], ["groups.join"], ["groups.move", 1, 0]]);
});
