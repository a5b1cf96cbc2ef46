import assert from "node:assert/strict";
import { test } from "node:test";
import { each, enlarge, fileName, joined, layOutSheet, scaleFor, svgOf } from "../../../pages/web/explore/sheet.js";

test("grey is ink on paper, colour is as it is, and each pixel is enlarged whole", () => {
  assert.deepEqual([...enlarge(Uint8Array.of(0, 255), [1, 2, 1], 1)], [255, 255, 255, 0, 0, 0]);
  assert.deepEqual([...enlarge(Uint8Array.of(1, 2, 3), [1, 1, 3], 2)], [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
});

test("pictures are enlarged by whole times, and never made smaller", () => {
  assert.deepEqual([scaleFor([28, 28, 1], 112), scaleFor([64, 32, 3], 112), scaleFor([300, 300, 3], 112)], [4, 2, 1]);
});

test("a row of bytes is cut into its pictures", () => {
  assert.deepEqual(each(Uint8Array.of(1, 2, 3, 4), [1, 2, 1]).map((picture) => [...picture]), [[1, 2], [3, 4]]);
  assert.deepEqual([...joined([Uint8Array.of(1, 2), Uint8Array.of(3)]), joined([]).length], [1, 2, 3, 0]);
});

test("a sheet has rows of so many pictures and no place beside them", () => {
  const { places, width, height } = layOutSheet(5, [2, 3, 1], { columns: 3, scale: 10 });
  assert.deepEqual(places.map(({ x, y }) => [x, y]), [[4, 4], [38, 4], [72, 4], [4, 28], [38, 28]]);
  assert.deepEqual([width, height], [106, 52]);
  const few = layOutSheet(2, [2, 3, 1], { columns: 9, scale: 10, hasLabels: true });
  assert.deepEqual([few.width, few.height], [72, 50]);
});

test("words in an SVG are words, whatever they are", () => {
  const sheet = layOutSheet(1, [1, 1, 1], { columns: 1, scale: 1, hasLabels: true });
  const svg = svgOf(["data:image/png;base64,AA=="], sheet, { labels: ["<b> & \"co\""], title: "a<b" });
  assert.ok(svg.includes(">&lt;b&gt; &amp; &quot;co&quot;</text>") && svg.includes("<title>a&lt;b</title>"));
  assert.ok(svg.includes('href="data:image/png;base64,AA=="'));
});

test("a name becomes one that every disk takes", () => {
  assert.deepEqual(["From 4 to 9", "../ä b", "…"].map(fileName), ["from-4-to-9", "a-b", "pictures"]);
});
