"""The time machine of Explore, timed on its open page: rows of benchmarks/explore.py.

Labels are given one after the other, each once the one before is seen; then the view is opened, and
every step is timed from the wish until the map shows it, in random order and once more when all is
read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from benchmarks.app_process import App, wait_until
from benchmarks.explore_hand import quantiles

SECONDS = 600  # that a label may take to be seen
STEPS = 40  # of the slider that are timed
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


def label_one_by_one(
    app: App, session: str, key: NDArray[np.integer], examples: Sequence[int]
) -> None:
    """Give these their true labels, each once the one before is seen."""
    address = f"sessions/{session}/state"
    app.get(address)
    for k, example in enumerate(examples, 1):
        app.label(session, [example], int(key[example]))
        wait_until(
            lambda k=k: (app.get(address)["snapshot"] or {}).get("n_labels") == k,  # type: ignore[misc]
            SECONDS,
            f"{k} labels are seen",
        )


def moments(app: App, page: Page, session: str) -> list[dict[str, Any]]:
    """The first open, steps that are read then, and steps that were read before."""
    order = np.random.default_rng(0).random(STEPS).tolist()
    names = ("first open", "a step, read then", "a step that was read before")
    rows: list[dict[str, Any]] = [
        {"what": name, "times": len(took), **quantiles(took)}
        for name, took in zip(names, page.evaluate(TIMES, order), strict=True)
    ]
    told = app.get(f"sessions/{session}/moments")
    rows[0] |= {"n_moments": len(told["moments"]), "bytes": told["bytes"]}
    return rows
