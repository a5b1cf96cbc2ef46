"""Pictures of Explore, Learn and Compare for the README: `python -m benchmarks.gallery`.

On MNIST with a hundred labels of the answer key, into assets/screenshots/. With `--photos
clothes/train`, a folder of photographs with a folder a class, Explore on these instead; what draws
them is the M1 that SSVAE_AUTOENCODER names, if it names one, and is waited for. `--wide` takes each
at 1920 x 1080, too, to look at; put those --into a folder of their own.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.app_process import ROOT, App, wait_until
from benchmarks.browser import launch
from ssvae_core.data import Dataset, load_dataset
from ssvae_core.data.library import load_imported
from ssvae_core.encoders.autoencoder_files import VARIABLE
from ssvae_core.importing.import_data import import_data, import_to_end
from ssvae_core.options.catalogue import IN_SESSIONS
from ssvae_core.storage.paths import data_root

EXPLORE = "window.ssvaeExplore"
N_LABELS = 100
COMPARED = ("m1", "m2", "m1m2")
VIEWS = ("style", "between", "arithmetic", "sampling", "draw", "time")
LESSON = "collapse"
EXAMPLE = 42
SIZES: dict[str, Any] = {
    "": {"width": 1440, "height": 900},
    "-wide": {"width": 1920, "height": 1080},
}


def main() -> None:
    """Take each picture in light and in dark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    add = parser.add_argument
    add("--photos", type=Path, help="a folder of photographs, a folder a class")
    add("--into", type=Path, default=ROOT / "assets" / "screenshots", help="where they are put")
    add("--wide", action="store_true", help="at 1920 x 1080 too, not at 1440 x 900 alone")
    add("--only", nargs="*", default=("explore", "learn", "compare"), help="pages")
    add("--budget", type=float, default=20, help="seconds that each compared model learns (20)")
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as workspace, sync_playwright() as playwright:
        root = Path(workspace)
        data, name = _data(arguments.photos, root)
        browser, app = launch(playwright), App(root)
        page = browser.new_page(viewport=SIZES[""])
        try:
            session = _labelled(page, app, data, name)
            if "explore" in arguments.only:
                _explore(page, app, session, arguments)
            if "learn" in arguments.only and arguments.photos is None:
                _learn(page, app, session, arguments)
            if "compare" in arguments.only:
                _compare(page, app, session, arguments)
        finally:
            app.stop()
            browser.close()


def _data(photos: Path | None, root: Path) -> tuple[Dataset, str]:
    if photos is None:
        return load_dataset("mnist"), "mnist"
    done = import_to_end(import_data(photos, data_root(root), name=photos.parent.name.title()))
    return load_imported(done.folder), done.id


def _labelled(page: Page, app: App, data: Dataset, name: str) -> str:
    """A session with its labels, the same number of each class, in turns with a pause each."""
    key = data.answer_key
    assert key is not None
    session = app.store.create_session(
        data.title.split(",")[0],
        data=name,
        model=IN_SESSIONS,
        n_examples=len(data),
        classes=data.class_names,
    ).id
    page.goto(f"{app.url}/?session={session}")
    page.wait_for_function("window.ssvaeLabel?.client.focus !== null", timeout=90_000)
    page.wait_for_timeout(5000)
    rng, n_classes = np.random.default_rng(0), len(data.class_names)
    for _ in range(N_LABELS // n_classes):
        for label in range(n_classes):
            example = int(rng.choice(np.flatnonzero(key == label)))
            app.label(session, [example], label)
        page.wait_for_timeout(2500)
    return session


def _explore(page: Page, app: App, session: str, arguments: argparse.Namespace) -> None:
    page.goto(f"{app.url}/explore?session={session}&view=style")
    page.wait_for_function(f"{EXPLORE}?.decoder.ready && {EXPLORE}.codes.n", timeout=600_000)
    if os.environ.get(VARIABLE) and arguments.photos:
        by_it = f"{EXPLORE}.decoder.about?.drawn_by.includes('autoencoder')"
        page.wait_for_function(by_it, timeout=3_600_000)
    page.wait_for_timeout(60_000 if arguments.photos is None else 240_000)
    prefix = "explore" if arguments.photos is None else "explore-photos"
    for view in VIEWS:
        page.goto(f"{app.url}/explore?session={session}&view={view}")
        page.wait_for_function(f"{EXPLORE}?.decoder.ready && {EXPLORE}.codes.n", timeout=120_000)
        page.wait_for_timeout(5000)
        if view == "draw" and arguments.photos is None:
            _draw(page)
        if view == "style":
            page.evaluate(f"{EXPLORE}.client.setFocus({EXAMPLE})")
        x, y = _amid_a_class(page)
        page.mouse.move(x, y)
        page.mouse.move(x + 4, y + 4)
        page.wait_for_timeout(4000)
        _take(page, f"{prefix}-{view}", arguments)


def _amid_a_class(page: Page) -> tuple[float, float]:
    """Where the name of a class stands on the map, in pixels of the window."""
    x, y = page.evaluate(
        f"(() => {{ const {{map}} = {EXPLORE}; const {{x, y}} = map.names.list.at(-1);"
        " return map.camera.toPixel(x, y); })()"
    )
    box = page.get_by_test_id("map-canvas").bounding_box()
    assert box is not None
    return box["x"] + x, box["y"] + y


def _draw(page: Page) -> None:
    """A two, by the hand."""
    box = page.get_by_test_id("paper").bounding_box()
    assert box is not None
    strokes = [(0.3, 0.3), (0.4, 0.2), (0.6, 0.22), (0.65, 0.4), (0.3, 0.78), (0.72, 0.76)]
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in strokes]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()
    page.wait_for_timeout(3000)


def _learn(page: Page, app: App, session: str, arguments: argparse.Namespace) -> None:
    page.goto(f"{app.url}/learn?session={session}")
    page.wait_for_function("window.ssvaeLearn?.lessons.all", timeout=60_000)
    page.wait_for_timeout(2000)
    _take(page, "learn", arguments)
    page.get_by_test_id(f"lesson-{LESSON}").click()
    page.wait_for_timeout(3000)
    page.get_by_test_id("answer-1").click()
    page.wait_for_timeout(1000)
    page.keyboard.press("Enter")
    page.wait_for_timeout(3000)
    _take(page, f"learn-{LESSON}", arguments)


def _compare(page: Page, app: App, session: str, arguments: argparse.Namespace) -> None:
    models = [{"model": name, "config": {}} for name in COMPARED]
    asked = {"do": "add", "models": models, "budget": arguments.budget, "who": ""}
    app.post(f"sessions/{session}/compare", asked)

    def is_done() -> bool:
        members = app.get(f"sessions/{session}/compare")["members"]
        return len(members) > len(COMPARED) and all(one["state"] == "done" for one in members)

    wait_until(is_done, 1800, "all models have learned")
    page.goto(f"{app.url}/compare?session={session}")
    page.wait_for_timeout(12_000)
    _take(page, "compare" if arguments.photos is None else "compare-photos", arguments)


def _take(page: Page, name: str, arguments: argparse.Namespace) -> None:
    """The page as it stands, in both themes and of each size."""
    for of_size in SIZES if arguments.wide else ("",):
        page.set_viewport_size(SIZES[of_size])
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.wait_for_timeout(1500)
            page.screenshot(path=arguments.into / f"{name}{of_size}-{theme}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(SIZES[""])


if __name__ == "__main__":
    main()
