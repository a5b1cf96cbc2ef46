"""Films and arithmetic of Explore, timed on its open page: rows of benchmarks/explore.py."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from benchmarks.explore_hand import quantiles

# {what: [ms, ...]}; what is drawn is there before the browser's next frame.
TIMES = """async (times) => {
  const { tabs } = window.ssvaeExplore;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const took = {};
  const timed = async (what, act, isDone) => {
    const start = performance.now();
    act();
    while (!isDone()) await frame();
    (took[what] ??= []).push(performance.now() - start);
    await frame();
  };
  await timed("Between opened, its first film drawn", () => tabs.choose("between"),
    () => tabs.view.film);
  const view = tabs.view;
  for (let k = 0; k < times; k++) {
    const { film } = view;
    await timed("another film of 41 steps", () => view.makers.images.swap(),
      () => view.film !== film);
  }
  for (let k = 0; k < 5 * times; k++)
    await timed("a step of it", () => view.player.seek(k / (5 * times)), () => true);
  await timed("walks of five pairs, the first time", () => view.choose("classes"),
    () => view.mode === "classes" && view.makers.classes.pictures);
  for (let k = 0; k < times; k++) {
    const { pictures } = view.makers.classes;
    await timed("walks of five other pairs", () => view.makers.classes.again(),
      () => view.makers.classes.pictures !== pictures);
  }
  await timed("Arithmetic opened, its first sum drawn", () => tabs.choose("arithmetic"),
    () => tabs.view.direction);
  return took;
}"""


def films(page: Page, times: int = 10) -> list[dict[str, Any]]:
    """Of the Explore page that is open, on a session with labels of two classes."""
    took = page.evaluate(TIMES, times)
    return [{"what": what, "times": len(each), **quantiles(each)} for what, each in took.items()]
