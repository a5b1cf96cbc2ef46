"""How soon does the time machine open, and show a step? How many bytes do its moments take?

    python -m benchmarks.explore_moments              # MNIST, 60,000 images, 60 labels

The real app with its trainer, in a real browser: labels one after the other, each once the one
before is seen; then the view is opened, and every step is timed from the wish until the map shows
it, in random order and once more when all is read. The table goes to
benchmarks/results/explore_moments.md.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.app_process import App, wait_until
from benchmarks.browser import launch
from benchmarks.timing import machine
from ssvae_core.data import load_dataset

RESULT = Path(__file__).parent / "results" / "explore_moments.md"
VIEW = "window.ssvaeExplore.tabs.view"
READY = "window.ssvaeExplore?.map.drawn > 0 && window.ssvaeExplore.client.guesses"
PATIENCE = 600_000  # ms
# [ms, ...] of the first open, of all steps in this order, and of all once more
TIMES = """async (order) => {
  const { tabs } = window.ssvaeExplore;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const start = performance.now();
  tabs.choose("time");
  while (!(tabs.view.shownStep >= 0)) await frame();
  const opened = performance.now() - start;
  const took = [[], []];
  for (const times of took) for (const part of order) {
    const step = Math.floor(part * tabs.view.steps.length);
    const before = performance.now();
    await tabs.view.go(step);
    times.push(tabs.view.stepTook);
    await new Promise((done) => setTimeout(done, Math.max(0, 100 + before - performance.now())));
  }
  return [[opened], ...took];
}"""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=60)
    parser.add_argument("--steps", type=int, default=40, help="of the slider that are timed")
    parser.add_argument("--data", default="mnist", help="the name of a bundled set")
    parser.add_argument("--no-file", action="store_true", help="only print")
    arguments = parser.parse_args()
    data = load_dataset(arguments.data)
    assert data.answer_key is not None
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser, app = launch(playwright), App(Path(folder))
        try:
            session = app.new_session(data=data.name, n_examples=len(data)).id
            label_one_by_one(app, session, data.answer_key, arguments.labels)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{app.url}/explore?session={session}")
            page.wait_for_function(READY, timeout=PATIENCE)
            text = table(page, arguments.steps)
            told = app.get(f"sessions/{session}/moments")
            text += f"\n\n{len(told['moments'])} moments of {len(data):,} images: "
            text += f"{told['bytes'] / 1e6:.1f} MB\n\n{machine()}\n"
        finally:
            app.stop()
            browser.close()
    print(text)
    if not arguments.no_file:
        RESULT.write_text(f"# The time machine\n\n`python -m benchmarks.explore_moments`\n\n{text}")


def label_one_by_one(app: App, session: str, key: np.ndarray, n: int) -> None:
    """Labels at random, each once the one before is seen."""
    address = f"sessions/{session}/state"
    app.get(address)
    for k, example in enumerate(np.random.default_rng(0).permutation(len(key))[:n], 1):
        app.label(session, [int(example)], int(key[example]))
        wait_until(
            lambda k=k: (app.get(address)["snapshot"] or {}).get("n_labels") == k,  # type: ignore[misc]
            PATIENCE / 1000,
            f"{k} labels are seen",
        )


def table(page: Page, steps: int) -> str:
    """A row for the first open, for steps read then, and for steps that were read before."""
    order = np.random.default_rng(0).random(steps).tolist()
    names = ("first open", "a step, read then", "a step that was read before")
    rows = ["| the time machine | times | ms: median | p95 |", "|---|---|---|---|"]
    for name, took in zip(names, page.evaluate(TIMES, order), strict=True):
        p95 = np.percentile(took, 95)
        rows.append(f"| {name} | {len(took)} | {statistics.median(took):.1f} | {p95:.1f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
