"""Pictures of uses beyond images, for the README: `python -m benchmarks.uses`.

Groups, texts, a table, states of an agent and two domains, each on what ships, into
assets/screenshots/; `--into DIR` elsewhere, in light and dark.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.app_process import ROOT, App
from benchmarks.browser import launch
from ssvae_core.data import load_dataset
from ssvae_core.options.catalogue import IN_SESSIONS

LAB = "window.ssvaeLabel"
USES = ("groups", "texts", "table", "states")


def main() -> None:
    """Take each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--into", type=Path, default=ROOT / "assets" / "screenshots")
    parser.add_argument("--only", nargs="*", default=USES, choices=USES)
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as workspace, sync_playwright() as playwright:
        browser, app = launch(playwright), App(Path(workspace))
        try:
            for use in arguments.only:
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                {"groups": groups, "texts": texts, "table": table, "states": states}[use](page, app)
                for theme in ("light", "dark"):
                    page.emulate_media(color_scheme=theme)
                    page.wait_for_timeout(1500)
                    page.screenshot(path=arguments.into / f"uses-{use}-{theme}.png")
                page.close()
        finally:
            app.stop()
            browser.close()


def groups(page: Page, app: App) -> None:
    """Some groups of the small digits have a name."""
    opened(page, app, "digits")
    page.get_by_test_id("queue-to-groups").click()
    page.wait_for_function(f"{LAB}.groups.groupOf()", timeout=120_000)
    page.wait_for_timeout(2000)
    key = load_dataset("digits").answer_key
    assert key is not None
    for _ in range(8):
        page.keyboard.press(str(key[page.evaluate(f"{LAB}.groups.groupOf().shown[0]")]))
        page.wait_for_timeout(1200)
    page.wait_for_timeout(6000)


def texts(page: Page, app: App) -> None:
    """Docstrings: forty have a label, one is read."""
    labelled(page, app, "python", 5)
    page.keyboard.press("Shift+G")
    page.wait_for_timeout(6000)


def table(page: Page, app: App) -> None:
    """Wines: a class beside its drawings."""
    labelled(page, app, "wine", 6)
    page.get_by_test_id("columns-menu").click()
    page.get_by_test_id("column-name").fill("flavanoids")
    page.wait_for_timeout(4000)


def states(page: Page, app: App) -> None:
    """Drives of the mountain car, coloured by driver."""
    opened(page, app, "mountain-car")
    page.keyboard.press("Shift+D")
    page.get_by_test_id("columns-menu").click()
    page.get_by_test_id("column-name").fill("velocity")
    page.wait_for_timeout(4000)


def opened(page: Page, app: App, name: str) -> str:
    """The id of a new session of what ships under this name, on the label page."""
    data = load_dataset(name)
    session = app.store.create_session(
        data.title, data=name, model=IN_SESSIONS, n_examples=len(data), classes=data.class_names
    ).id
    page.goto(f"{app.url}/?session={session}")
    page.wait_for_function(f"({LAB}?.client.focus ?? null) !== null", timeout=90_000)
    page.wait_for_timeout(15_000)
    return session


def labelled(page: Page, app: App, name: str, n_each: int) -> str:
    """So many of each class have their label."""
    session, data, rng = opened(page, app, name), load_dataset(name), np.random.default_rng(0)
    assert data.answer_key is not None
    for label in range(len(data.class_names)):
        some = rng.permutation(np.flatnonzero(data.answer_key == label))[:n_each]
        app.label(session, [int(example) for example in some], label)
    page.wait_for_timeout(20_000)
    return session


if __name__ == "__main__":
    main()
