"""How fast is the labelling loop? `make bench`, or `python -m benchmarks.loop`.

Drives the real app in a headless Chromium on MNIST, the trainer running, and prints one table. An
oracle that knows the answer key labels what the queue asks, one key about every 0.7 s, as a quick
person would.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.app_process import App, wait_until
from benchmarks.browser import launch
from ssvae_core.data import load_dataset
from ssvae_core.predictions import BOTH, PROPAGATION

LAB, MAP = "window.ssvaeLabel.client", "window.ssvaeLabel.map"
CHECKPOINTS = (10, 20, 50, 100)  # labels

# Resolves with milliseconds from a key until the browser drew it, until the server had stored it,
# and until the map showed guesses that had seen it.
TIME_A_KEY = """
async (key) => {
  const { client, map } = window.ssvaeLabel
  const seq = client.state.labels.seq
  const start = performance.now()
  const since = () => performance.now() - start
  const frames = map.drawn
  const times = {}
  window.dispatchEvent(new KeyboardEvent("keydown", { key, code: `Digit${key}`, bubbles: true }))
  const frame = () => new Promise((done) => requestAnimationFrame(done))
  while (!(times.drawn && times.stored && times.guessed) && since() < 20000) {
    await frame()
    if (!times.drawn && map.drawn > frames) times.drawn = since()
    if (!times.stored && client.pendingCount === 0) times.stored = since()
    const shown = client.state.snapshot
    const isNew = shown && shown.label_seq > seq && client.guesses?.rev === shown.rev
    if (!times.guessed && isNew) times.guessed = since()
  }
  return times
}
"""

# Puts 70 000 points on the map and gives them new guesses, ten times.
TIME_RECOLOURS = """
async () => {
  const { client, map } = window.ssvaeLabel
  client.setHidden(true)
  const n = 70000
  const random = () => Uint8Array.from({ length: n }, () => Math.random() * 10)
  const sure = () => random().map((v) => 255 - v)
  const Guesses = client.guesses.constructor
  const guesses = (rev) => {
    const planes = [random(), sure(), random(), random()]
    return new Guesses(Uint8Array.from(planes.flatMap((plane) => [...plane])).buffer, rev)
  }
  client.xy = Float32Array.from({ length: 2 * n }, Math.random)
  client.labelOverlay.load(new Uint8Array(n).fill(255), client.labelOverlay.seq)
  client.guesses = guesses("a")
  client.emit("map")
  client.emit("guesses")
  const pause = (ms) => new Promise((done) => setTimeout(done, ms))
  const frame = () => new Promise((done) => requestAnimationFrame(done))
  await pause(2000)
  const times = []
  for (let k = 0; k < 10; k++) {
    const next = guesses(`b${k}`)
    await frame()
    client.guesses = next
    const [start, frames] = [performance.now(), map.drawn]
    client.emit("guesses")
    while (map.drawn === frames) await frame()
    await frame()
    times.push(performance.now() - start)
    await pause(500)
  }
  return times
}
"""


@dataclass
class Result:
    """What was measured, in seconds and shares."""

    to_map: float = 0.0
    drawn: list[float] = field(default_factory=list)
    stored: list[float] = field(default_factory=list)
    guessed: list[float] = field(default_factory=list)
    recoloured: list[float] = field(default_factory=list)
    moved: float = 0.0
    error: dict[str, float] = field(default_factory=dict)  # in percent
    predicted_by: dict[str, str] = field(default_factory=dict)


def measure(pause: float, model: str = "") -> Result:
    """Start the app on an empty workspace, label 100 images, and time everything."""
    result = Result()
    with tempfile.TemporaryDirectory() as workspace, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        start = time.perf_counter()
        app = App(Path(workspace))
        try:
            session = f"/?session={app.new_session(model).id}" if model else ""
            page.goto(app.url + session)
            page.wait_for_function(f"window.ssvaeLabel?.map.drawn > 0 && {LAB}.xy && {LAB}.labels")
            result.to_map = time.perf_counter() - start
            wait_until(
                lambda: page.evaluate(f"{LAB}.state.trainer.state") == "waiting", 60, "it waits"
            )
            label(page, result, pause)
            result.recoloured = [ms / 1000 for ms in page.evaluate(TIME_RECOLOURS)]
        finally:
            app.stop()
            browser.close()
    return result


def label(page: Page, result: Result, pause: float) -> None:
    """Answer the queue with the answer key, 100 times."""
    key = load_dataset("mnist").answer_key
    assert key is not None
    before = points(page)
    for n in range(1, CHECKPOINTS[-1] + 1):
        framed = page.evaluate(f"{LAB}.focus")
        times = page.evaluate(TIME_A_KEY, str(key[framed]))
        for name, ms in times.items():
            getattr(result, name).append(ms / 1000)
        page.wait_for_timeout(1000 * pause)
        if n == CHECKPOINTS[0]:
            width = np.ptp(before, axis=0).max()
            moves = np.linalg.norm(points(page) - before, axis=1)
            result.moved = float(np.median(moves) / width)
        if n in CHECKPOINTS:
            note_error(page, result, f"with {n} labels")
    page.wait_for_timeout(30_000)
    note_error(page, result, f"30 s after the {CHECKPOINTS[-1]}th")


def note_error(page: Page, result: Result, when: str) -> None:
    """What the screen says at this moment, and who says it."""
    state = page.evaluate(f"{LAB}.state")
    result.error[when] = 100 * (1 - state["accuracy"]["value"])
    result.predicted_by[when] = state["snapshot"]["predicted_by"]


def points(page: Page) -> np.ndarray:
    """The map, (N, 2)."""
    return np.array(page.evaluate(f"Array.from({LAB}.xy)")).reshape(-1, 2)


def table(result: Result) -> str:
    """The result as Markdown."""
    rows = [
        ("start of the app to a map that can be labelled", f"{result.to_map:.1f} s", "10 s"),
        ("key to its mark on the map", spread(result.drawn), "one frame"),
        ("key to stored and acknowledged, while training", spread(result.stored), "100 ms median"),
        ("key to new guesses on the map, while training", spread(result.guessed), "1 s median"),
        ("new guesses to 70 000 recoloured points", spread(result.recoloured), ""),
        ("movement of the map by 10 labels, median", f"{result.moved:.1%} of its width", "5 %"),
    ]
    by_whom = {PROPAGATION: "by propagation", BOTH: "by the model and propagation"}
    rows += [
        (f"error {when}, on the images without one", f"{error:.1f} %, {by_whom[who]}", "")
        for (when, error), who in zip(
            result.error.items(), result.predicted_by.values(), strict=True
        )
    ]
    lines = ["| what | measured | to reach |", "|---|---|---|"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def spread(seconds: list[float]) -> str:
    """Median and 95th percentile in words."""
    p95 = float(np.percentile(seconds, 95))
    return f"{1000 * statistics.median(seconds):.0f} ms, p95 {1000 * p95:.0f} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="", help="of the session; what a new one begins with")
    parser.add_argument("--pause", type=float, default=0.4, help="seconds after each guess")
    parser.add_argument("--json", action="store_true", help="the raw figures as well")
    arguments = parser.parse_args()
    result = measure(arguments.pause, arguments.model)
    print(table(result))
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if arguments.json:
        print(json.dumps(vars(result)))


if __name__ == "__main__":
    main()
