"""The pictures of the README: `python -m benchmarks.screenshots`, into assets/screenshots/.

Starts the app on an empty workspace; the answer key labels what the queue asks.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.app_process import ROOT, App
from benchmarks.browser import find
from ssvae_core.data import load_dataset

LAB = "window.ssvaeDesk?.lab"
FOLDER = ROOT / "assets" / "screenshots"
AT = (0, 10, 100)  # labels


def main() -> None:
    """Take each picture in light and in dark."""
    FOLDER.mkdir(exist_ok=True)
    key = load_dataset("mnist").answer_key
    assert key is not None
    with tempfile.TemporaryDirectory() as workspace, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        app = App(Path(workspace))
        try:
            page.goto(app.url)
            page.wait_for_function(f"{LAB}?.state?.trainer.state === 'waiting'", timeout=90_000)
            for n in AT:
                while page.evaluate(f"{LAB}.state.labels.n") < n:
                    page.keyboard.press(str(key[page.evaluate(f"{LAB}.focus")]))
                    page.wait_for_timeout(400)
                page.wait_for_timeout(15_000 if n else 1000)
                take(page, n)
        finally:
            app.stop()
            browser.close()


def take(page: Page, n: int) -> None:
    """The page as it stands, in both themes."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(1500)
        page.screenshot(path=FOLDER / f"label-{n}-{theme}.png")
    page.emulate_media(color_scheme="light")


if __name__ == "__main__":
    main()
