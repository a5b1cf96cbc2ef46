import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, interval, notice, percent, progress, takes, title } from "../../../pages/web/compare/words.js";
import { useWords } from "../../../pages/web/compare/questions.js";

test("the title counts models and labels in words", () => {
  assert.equal(title(3, 100), "Three models, the same 100 labels");
  assert.equal(title(1, 1), "One model, the same 1 label");
});

test("an error is told with its interval", () => {
  assert.equal(percent(0.0416), "4.2%");
  assert.equal(interval({ low: 0.0181, high: 0.0943 }), "95% interval 1.8–9.4");
});

test("a member says how far it is, and nothing once it is done", () => {
  const member = { state: "training", message: "", seconds_left: 17.2, budget: 30 };
  assert.equal(progress(member), "Learning, 17 s left");
  assert.equal(progress({ ...member, message: "10 of 40 labels", seconds_left: null }), "Learning: 10 of 40 labels");
  assert.equal(progress({ ...member, state: "waiting" }), "Waits for its turn: 30 s of learning");
  assert.equal(progress({ ...member, state: "failed", message: "It has no M1." }), "It has no M1.");
  assert.equal(progress({ ...member, state: "done" }), "");
});

test("what learning takes is told for one and for several", () => {
  assert.equal(takes(1, 30), "30 s of learning");
  assert.equal(takes(3, 30), "three × 30 s of learning, one after the other: about 90 s");
});

test("settings that differ are told without the model, which is the title", () => {
  assert.equal(differences({ model: "M2", networks: "wide", batch: "64 + 128" }), "networks wide · batch 64 + 128");
  assert.equal(differences({ networks: "MLPs", latent_dim: "8", encoder: "Contrastive" }), "latent dim 8 · encoder Contrastive · networks MLPs");
  assert.equal(differences({}), "");
});

test("before a model is put to use it is said what stays", () => {
  const said = useWords({ title: "M2" }, { title: "Guided M2" });
  assert.equal(said.length, 3);
  assert.match(said[0], /^M2 becomes/);
  assert.match(said[2], /^Guided M2 stays here/);
  assert.equal(useWords({ title: "M2" }, null).length, 2);
  assert.match(useWords({ title: "M2", other_encoder: "Contrastive" }, null)[1], /seen by Contrastive .* all sessions/);
});

test("what the models have not learned from is said with the way to it", () => {
  const labels = { n: 40, newer: 0, who: "", people: [{ name: "", n: 30 }, { name: "Ana", n: 10 }] };
  const members = [{ title: "M1", state: "done" }, { title: "M2", state: "done" }];
  assert.equal(notice({ labels, members }, null), null);
  assert.equal(notice({ labels, members: [] }, "Ana"), null);
  assert.deepEqual(notice({ labels, members }, "Ana"),
    { words: "These have learned from the labels of everybody.", go: "Train all on Ana's 10 labels", models: 2 });
  assert.equal(notice({ labels: { ...labels, newer: 3 }, members }, null).words, "3 labels came later: these know 40.");
  const cancelled = [members[0], { title: "M2", state: "cancelled" }];
  assert.deepEqual(notice({ labels, members: cancelled }, null), { words: "M2 has not learned from all labels.", go: "Go on", models: 1 });
});
