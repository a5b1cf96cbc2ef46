"""The look of the report: one page without a request to anywhere, in light and in dark."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
:root { color-scheme: light dark;
  --bg: light-dark(#F6F6F8, #0E0F13); --panel: light-dark(#FFF, #16171C);
  --sunk: light-dark(#F0F0F4, #1D1E25); --tile: light-dark(#F2F2F6, #202129);
  --line: light-dark(#E3E3EA, #282A33); --line2: light-dark(#CFCFD9, #3B3D49);
  --text: light-dark(#1A1B22, #ECECF1); --text2: light-dark(#55576A, #A9ABBA);
  --text3: light-dark(#696B7D, #8B8D9D); --accent: light-dark(#5B5BD6, #6560D8);
  --accent-text: light-dark(#4A48C4, #B3AEFF); --bad: light-dark(#C4314B, #FF8BA0);
  --ground: light-dark(#FFF, #131419); --none: light-dark(#B9BAC6, #4B4D5A); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 14px/20px "Source Sans 3",
  "Source Sans Pro", "Source Sans", system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1440px; margin: 0 auto; padding: 20px 16px 32px; display: grid; gap: 12px;
  grid-template-columns: repeat(12, minmax(0, 1fr)); }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 4px 16px;
  align-items: baseline; padding: 0 2px; }
h1 { font-size: 20px; line-height: 26px; font-weight: 650; margin: 0; letter-spacing: -.1px; }
h2 { font-size: 15px; line-height: 20px; font-weight: 600; margin: 0 0 2px; }
p { margin: 0; }
.from, header p, footer { color: var(--text2); font-size: 13px; line-height: 18px; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 12px;
  padding: 14px; min-width: 0; }
section > .from { margin-bottom: 10px; }
.figure { grid-column: span 3; } .figure b { display: block; font-size: 26px; line-height: 34px;
  font-weight: 650; letter-spacing: -.3px; }
.figure .from { margin: 0; }
.half { grid-column: span 6; } .third { grid-column: span 5; } .rest { grid-column: span 7; }
#map { width: 100%; aspect-ratio: 1; display: block; background: var(--ground);
  border-radius: 8px; }
.key { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 10px; }
.chip { display: inline-flex; align-items: center; gap: 6px; border: 1px solid var(--line);
  border-radius: 9px; padding: 3px 9px 3px 4px; font: inherit; font-size: 13px; color: inherit;
  background: none; max-width: 220px; cursor: pointer; }
.chip[aria-pressed=true] { background: var(--sunk); border-color: var(--line2); }
.chip:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.chip > span:last-child, .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.glyph { flex: none; display: inline-block; min-width: 20px; height: 20px; padding: 0 3px;
  border-radius: 5px; font-size: 12px; line-height: 20px; font-weight: 650; text-align: center;
  background: light-dark(var(--l), var(--d)); color: light-dark(var(--li), var(--di)); }
.glyph.hollow { background: none; box-shadow: inset 0 0 0 2px light-dark(var(--l), var(--d));
  color: var(--text); }
table { border-collapse: collapse; width: 100%; } th { font-weight: 400; color: var(--text2);
  text-align: left; font-size: 13px; }
td, th { padding: 3px 6px; } td.n, th.n { text-align: right; }
.rows td, .rows th { border-bottom: 1px solid var(--line); } .rows tr:last-child td { border: 0; }
.class { display: flex; align-items: center; gap: 8px; min-width: 0; }
.samples { display: grid; gap: 6px 18px; align-items: center;
  grid-template-columns: minmax(24px, max-content) repeat(var(--groups), max-content); }
.samples > .head { font-size: 13px; color: var(--text2); }
.strip { display: flex; gap: 4px; } .strip > * { display: block; border-radius: 6px;
  background: var(--tile); padding: 3px; }
.strip i { display: block; width: var(--edge); height: var(--edge); background: var(--text);
  mask-size: 100% 100%; -webkit-mask-size: 100% 100%; }
.strip img { display: block; width: var(--edge); height: var(--edge); image-rendering: auto; }
.matrix { width: auto; border-spacing: 2px; border-collapse: separate; } .matrix td { width: 37px;
  height: 30px; padding: 0; text-align: center; border-radius: 5px; font-size: 13px;
  background: color-mix(in srgb, var(--tint) var(--share), var(--sunk)); }
.matrix td.zero { color: transparent; } .matrix th { padding: 2px 4px; } .scroll { overflow: auto; }
.matrix td.dark { color: #FFF; }
svg text { font: 12px system-ui, sans-serif; fill: var(--text2); }
svg .grid { stroke: var(--line); } svg .curve { stroke: var(--accent-text); fill: none;
  stroke-width: 2; } svg .point { fill: var(--accent-text); stroke: var(--panel);
  stroke-width: 2; }
.band { fill: color-mix(in srgb, var(--accent) 22%, transparent); }
.empty { color: var(--text2); padding: 20px 0; }
footer { grid-column: 1 / -1; padding: 0 2px; }
@media (max-width: 1000px) { .half, .third, .rest { grid-column: 1 / -1; }
  .figure { grid-column: span 6; } }
@media (max-width: 560px) { .figure { grid-column: 1 / -1; } }
@media print { section { break-inside: avoid; } body { background: none; } }
"""

# Points as they came: x, y in 65535ths, the place of the class in the palette, 255 for none.
SCRIPT = """
"use strict";
const data = JSON.parse(document.getElementById("points").textContent);
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const xy = new Uint16Array(bytes(data.xy).buffer), kinds = bytes(data.kinds);
const labelled = new Uint32Array(bytes(data.labelled).buffer);
const canvas = document.getElementById("map"), pen = canvas.getContext("2d");
const dark = matchMedia("(prefers-color-scheme: dark)");
let only = null;
function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
function draw() {
  const scale = devicePixelRatio || 1, side = canvas.clientWidth, edge = 14;
  canvas.width = canvas.height = Math.round(side * scale);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  const none = colour("--none"), ground = colour("--ground"), text = colour("--text");
  const colours = data.classes.map(each => dark.matches ? each.dark : each.light);
  const place = i => [edge + xy[2 * i] / 65535 * (side - 2 * edge),
                      side - edge - xy[2 * i + 1] / 65535 * (side - 2 * edge)];
  const shown = kind => only === null || only === kind;
  const dot = kinds.length > 20000 ? 1.7 : kinds.length > 4000 ? 2.4 : 3.4;
  pen.globalAlpha = kinds.length > 20000 ? 0.7 : 0.85;
  for (const pass of [false, true]) {
    for (let i = 0; i < kinds.length; i++) {
      const known = kinds[i] !== 255 && shown(kinds[i]);
      if (known !== pass) continue;
      const [x, y] = place(i);
      pen.fillStyle = known ? colours[kinds[i]] : none;
      pen.fillRect(x - dot / 2, y - dot / 2, dot, dot);
    }
  }
  pen.globalAlpha = 1;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const few = labelled.length <= 300, size = few ? 13 : 6;
  for (const i of labelled) {
    if (kinds[i] === 255 || !shown(kinds[i])) continue;
    const [x, y] = place(i), each = data.classes[kinds[i]];
    pen.fillStyle = ground;
    pen.fillRect(x - size / 2 - 1, y - size / 2 - 1, size + 2, size + 2);
    pen.fillStyle = colours[kinds[i]];
    pen.fillRect(x - size / 2, y - size / 2, size, size);
    if (!few) continue;
    pen.fillStyle = dark.matches ? each.darkInk : each.lightInk;
    pen.font = `650 ${each.glyph.length > 1 ? 8 : 10}px system-ui, sans-serif`;
    pen.fillText(each.glyph, x, y + 0.5);
  }
  pen.font = "650 30px system-ui, sans-serif";
  pen.lineWidth = 6;
  pen.lineJoin = "round";
  data.classes.forEach((each, kind) => {
    if (!each.place || !shown(kind)) return;
    const x = edge + each.place[0] * (side - 2 * edge);
    const y = side - edge - each.place[1] * (side - 2 * edge);
    pen.strokeStyle = ground;
    pen.strokeText(each.glyph, x, y);
    pen.fillStyle = text;
    pen.fillText(each.glyph, x, y);
  });
}
for (const chip of document.querySelectorAll(".chip")) chip.onclick = () => {
  const kind = Number(chip.dataset.kind);
  only = only === kind ? null : kind;
  for (const other of document.querySelectorAll(".chip"))
    other.setAttribute("aria-pressed", String(Number(other.dataset.kind) === only));
  draw();
};
dark.addEventListener("change", draw);
new ResizeObserver(draw).observe(canvas);
"""


def page(title: str, body: str, points: str) -> str:
    """The whole file. `title` and `body` are HTML, `points` is JSON."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'"
    )
    safe = points.replace("<", "\\u003c")
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n<main>\n{body}\n</main>\n"
        f'<script id="points" type="application/json">{safe}</script>\n'
        f"<script>{SCRIPT}</script>\n</html>\n"
    )
