import assert from "node:assert/strict";
import { test } from "node:test";
import { asFile, countInWords, ownTrouble, whyInWords } from "../../../pages/web/session/unsent_words.js";

const LABEL = { op_id: "a", kind: "label", examples: [1], class: 0, at: 0 };
const known = (outbox, connection = "ok", refusal = "") => ({
  connection, refusal,
  outbox: { unsent: [LABEL], parked: [], trouble: "", isLate: false, isKept: true, ...outbox },
});

test("a person hears of them when they wait for something, and not of each key", () => {
  assert.equal(ownTrouble(known({})), false);
  for (const outbox of [{ isLate: true }, { trouble: "The disk is full." }, { isKept: false }, { parked: [LABEL] }])
    assert.equal(ownTrouble(known(outbox)), true);
  assert.equal(ownTrouble(known({}, "lost")), true);
  assert.equal(ownTrouble(known({}, "refused")), true);
  assert.equal(ownTrouble(known({ unsent: [], trouble: "The disk is full." })), false);
});

test("why is said in the server's words if it has some, and what becomes of them", () => {
  assert.match(whyInWords(known({}, "refused", "There is no session.")), /^There is no session\. They are kept in this browser, and sent/);
  assert.match(whyInWords(known({}, "lost")), /^The server does not answer\. They are kept/);
  assert.match(whyInWords(known({ trouble: "The disk is full." })), /^The disk is full\. They/);
  assert.match(whyInWords(known({ isKept: false })), /leave this page open until they are saved/);
  assert.match(whyInWords(known({ parked: [LABEL] })), /1 change the server could not take: try again, or download it/);
});

test("labels are counted as such, with others among them as changes", () => {
  assert.equal(countInWords([LABEL]), "1 label");
  assert.equal(countInWords([LABEL, { op_id: "b", kind: "junk", examples: [2] }]), "2 labels");
  assert.equal(countInWords([LABEL, { op_id: "b", kind: "undo" }]), "2 changes");
});

test("the file names classes, as far as they are known", () => {
  const file = JSON.parse(asFile({ session: "s", name: "Cats", ops: [LABEL, { ...LABEL, class: 9, at: 1000 }] }, [{ id: 0, name: "cat" }]));
  assert.deepEqual([file.session, file.session_name], ["s", "Cats"]);
  assert.deepEqual(file.not_saved.map((op) => [op.class, op.class_name, op.given_at]), [[0, "cat", undefined], [9, undefined, "1970-01-01T00:00:01.000Z"]]);
});
