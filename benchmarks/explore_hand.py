"""The hand on Explore's map, timed; and how soon a page opens: rows of benchmarks/explore.py."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as NothingCame

from benchmarks.app_process import App

EXPLORE = "window.ssvaeExplore"
READY = f"{EXPLORE}?.map.drawn > 0 && {EXPLORE}.codes.n > 0 && {EXPLORE}.decoder.ready"
STYLES = f"{READY} && {EXPLORE}.codes.has('style')"
# A page's name, and when it is there.
OPENS = {
    "explore": READY,
    "learn": "window.ssvaeLearn !== undefined",
    "compare": "window.ssvaeCompare !== undefined",
}
PATIENCE = 600_000  # ms
ALONE = """async () => {
  const { decoder, codes } = window.ssvaeExplore;
  const times = [];
  for (let i = 0; i < 60; i++) {
    const start = performance.now();
    await decoder.decode("code", codes.of("code", i), Int32Array.of(0), "measure");
    times.push(performance.now() - start);
  }
  return times.slice(10);
}"""  # one image; by the app's copy with its way there and back


def hand_rows(app: App, page: Page, session: str, moves: int) -> Iterator[dict[str, Any]]:
    """While it learns, and while it is paused."""
    state = f"{EXPLORE}.client.state"
    model = page.evaluate(f"{state}.session.model")
    for command, at_work in (("now", "training"), ("pause", "paused")):
        app.post(f"sessions/{session}/trainer", {"command": command})
        page.wait_for_function(f"{state}.trainer.state === '{at_work}'", timeout=PATIENCE)
        took, alone = hand(page, moves), page.evaluate(ALONE)
        is_here = page.evaluate(f"{EXPLORE}.decoder.isLocal")
        yield {
            "model": model,
            "m1": page.evaluate(f"{EXPLORE}.decoder.about.drawn_by"),
            "at_work": at_work,
            "drawn_by": "the browser" if is_here else "the app's copy",
            "times": len(took),
            **quantiles(took),
            **{f"alone_{name}": value for name, value in quantiles(alone).items()},
        }
    app.post(f"sessions/{session}/trainer", {"command": "resume"})


def hand(page: Page, moves: int) -> list[float]:
    """Milliseconds from each move of the hand to its drawing."""
    dots = np.random.default_rng(0).integers(0, page.evaluate(f"{EXPLORE}.codes.n"), moves)
    took = []
    for dot in dots:
        place = page.evaluate(f"{EXPLORE}.map.positionOf({dot})")
        before = page.evaluate(f"{EXPLORE}.pointer.drawn")
        page.mouse.move(place["x"], place["y"])
        try:
            page.wait_for_function(f"{EXPLORE}.pointer.drawn > {before}", timeout=5000)
        except NothingCame:  # a tool lies over this dot
            continue
        took.append(page.evaluate(f"{EXPLORE}.pointer.took"))
    return took


def opened(browser: Browser, app: App, session: str, name: str) -> dict[str, Any]:
    """A page that is opened for the first time."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    start = time.perf_counter()
    page.goto(f"{app.url}/{name}?session={session}")
    page.wait_for_function(OPENS[name], timeout=PATIENCE)
    seconds = time.perf_counter() - start
    page.close()
    return {"page": name, "seconds": round(seconds, 2)}


def quantiles(times: list[float]) -> dict[str, float]:
    """Median and p95, in ms."""
    return {
        "median": round(statistics.median(times), 1),
        "p95": round(float(np.percentile(times, 95)), 1),
    }
