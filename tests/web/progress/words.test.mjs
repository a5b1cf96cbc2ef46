import assert from "node:assert/strict";
import { test } from "node:test";
import { chartOf } from "../../../pages/web/progress/accuracy_panel.js";
import { titleOf } from "../../../pages/web/progress/history_panel.js";
import { next, timeTo } from "../../../pages/web/progress/pace.js";
import { inCommon } from "../../../pages/web/progress/runs_panel.js";
import { shareOut } from "../../../pages/web/progress/samples_panel.js";
import { runInWords } from "../../../pages/web/progress/training_panel.js";

test("the time to a number of labels, at this pace", () => {
  assert.equal(timeTo(0, 20), "you are there");
  assert.equal(timeTo(100, 20), "about 5 min");
  assert.equal(timeTo(110, null), "110 more");
});

test("the next round number of labels", () => {
  assert.deepEqual([0, 10, 1999, 60000].map(next), [10, 20, 2000, 100000]);
});

test("what a run of the trainer does", () => {
  const told = { state: "training", run: { step: 120, of: 400, seconds_left: 8 }, step: 520, rate: 41, waitsFor: "", device: "CPU", epochs: 1.2 };
  assert.equal(runInWords(told), "step 120 of 400 of this run · epoch 2 · 8 s left · 41 a second · on CPU");
  const waits = { ...told, state: "waiting", run: null, waitsFor: "3 more labels" };
  assert.equal(runInWords(waits), "waits for 3 more labels · epoch 2 · on CPU");
});

test("the newest drawings take the columns that are left over", () => {
  assert.deepEqual(shareOut([20]), [9]);
  assert.deepEqual(shareOut([3, 20]), [3, 6]);
  assert.deepEqual(shareOut([4, 4, 20]), [3, 3, 3]);
});

test("what two runs have in common", () => {
  const run = (seed) => ({ settings: { networks: "MLPs", seed } });
  assert.equal(inCommon(run("0"), run("1")), "The same in both: networks MLPs.");
  assert.equal(inCommon({ settings: { seed: "0" } }, { settings: { seed: "1" } }), "");
});

test("what a press of a step in the history does", () => {
  const title = (steps, yours = true, standing = true) => titleOf({ steps, yours, standing, words: "image 4 as 7" });
  assert.equal(title(0), "The last thing you did: image 4 as 7");
  assert.equal(title(1), "Goes back here: 1 undo");
  assert.equal(title(-2), "Goes forward here: 2 redos");
  assert.equal(title(null, false), "Only who did it can undo it");
  assert.equal(title(null, true, false), "Undone before you went on: it cannot come back");
});

test("the server's figure as the chart takes it", () => {
  const hovertemplate = "%{x} labels: %{y:.1f}%<extra></extra>";
  const figure = {
    data: [
      { x: [10, 20], y: [80, 90], mode: "lines", line: { color: "var(--accent)", width: 2 }, hovertemplate },
      { x: [20], y: [90], mode: "markers", marker: { color: "var(--accent)", size: 9 }, hovertemplate },
    ],
    layout: { yaxis: { range: [50, 100], ticksuffix: "%" } },
  };
  const { lines, yRange, label } = chartOf(figure, { value: 0.9, of: 100 });
  assert.deepEqual(lines.map(({ width, isPoints, isDotted }) => [width, isPoints, isDotted]), [[2, false, false], [9, true, false]]);
  assert.equal(lines[0].hover(60, 99.12), "60 labels: 99.1%");
  assert.deepEqual([yRange, label], [[50, 100], "Accuracy by labels, now 90.0%"]);
});
