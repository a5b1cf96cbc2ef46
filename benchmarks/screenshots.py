"""The pictures of the README: `python -m benchmarks.screenshots`, into assets/screenshots/.

Starts the app on an empty workspace; the answer key labels what the queue asks. With `--photos
clothes/train`, a folder of photographs with a folder a class, only the pictures of a session on it;
with `--autoencoder taef2` too, those of what it draws on that pretrained M1 at 10, 30, 100 labels.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

from benchmarks.app_process import ROOT, App
from benchmarks.browser import launch
from ssvae_core.data import load_dataset
from ssvae_core.data.library import load_imported
from ssvae_core.importing.import_data import import_data, import_to_end
from ssvae_core.options.catalogue import IN_SESSIONS
from ssvae_core.storage.paths import data_root

LAB, REVIEW = "window.ssvaeLabel?.client", "window.ssvaeReview"
FOLDER = ROOT / "assets" / "screenshots"
ENCODED = f"/M1/.test({LAB}?.state?.trainer.message)"  # an M1 comes after the encoder
ENCODES = f"/autoencoder|differ in/.test({LAB}?.state?.trainer.message)"
IS_ENCODED = f"!{ENCODES} && {LAB}.state.trainer.state === 'waiting'"
AT, AT_OF_PHOTOS, AT_DRAWN = (0, 10, 100), (0, 20, 100), (10, 30, 100)  # labels


def main() -> None:
    """Take each picture in light and in dark."""
    FOLDER.mkdir(exist_ok=True)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photos", type=Path, help="a folder of photographs, a folder a class")
    parser.add_argument("--autoencoder", default="", help="the folder of a pretrained M1 for them")
    arguments = parser.parse_args()
    if arguments.photos is not None:
        photographs(arguments.photos, arguments.autoencoder)
        return
    key = load_dataset("mnist").answer_key
    assert key is not None
    with tempfile.TemporaryDirectory() as workspace, sync_playwright() as playwright:
        browser = launch(playwright)
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
                take(page, f"label-{n}")
            page.keyboard.press("Shift+G")
            page.wait_for_timeout(4000)
            take(page, "card", ("light",))
            page.keyboard.press("Shift+G")
            audit(page, app, key)
            take(page, "review", ("light",))
        finally:
            app.stop()
            browser.close()


def photographs(folder: Path, autoencoder: str) -> None:
    """A session on photographs, on its own M1 or on a pretrained one, after so many labels."""
    with tempfile.TemporaryDirectory() as workspace, sync_playwright() as playwright:
        root = Path(workspace)
        done = import_to_end(import_data(folder, data_root(root), name=folder.parent.name.title()))
        data = load_imported(done.folder)
        assert data.answer_key is not None
        browser, app = launch(playwright), App(root)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        try:
            session = app.store.create_session(
                data.title,
                data=done.id,
                model=IN_SESSIONS,
                n_examples=len(data),
                classes=data.class_names,
                config={"autoencoder": autoencoder} if autoencoder else {},
            ).id
            page.goto(f"{app.url}/?session={session}")
            page.wait_for_function(f"({LAB}?.focus ?? null) !== null", timeout=90_000)
            if autoencoder:
                for expression in (
                    ENCODES,
                    f"!{ENCODES} && {LAB}.state.trainer.state === 'waiting'",
                ):
                    page.wait_for_function(expression, timeout=1_200_000)
            for n in AT_DRAWN if autoencoder else AT_OF_PHOTOS:
                while page.evaluate(f"{LAB}?.state?.labels.n ?? -1") < n:
                    example = page.evaluate(f"{LAB}.focus")
                    page.keyboard.press(str(data.answer_key[example]))
                    page.wait_for_timeout(600)
                if not n:
                    page.wait_for_function(ENCODED, timeout=600_000)
                page.wait_for_timeout(12_000)
                take(page, f"{'drawn' if autoencoder else 'photos'}-{n}")
        finally:
            app.stop()
            browser.close()


def audit(page: Page, app: App, key: NDArray[np.int64]) -> None:
    """Give two wrong labels, check forty random images, and open a cell of the matrix."""
    session = page.evaluate(f"{LAB}.session")
    labels = page.evaluate(f"Array.from({LAB}.labels)")
    for example in [e for e, label in enumerate(labels) if label in (4, 7)][:2]:
        app.label(session, [example], 9)
    page.goto(f"{app.url}/review?session={session}")
    page.wait_for_function(f"{REVIEW}?.findings.of('doubts')?.checked > 50", timeout=90_000)
    for _ in range(2):
        page.get_by_test_id("check-more").click()
        for _ in range(20):
            page.keyboard.press(str(key[page.evaluate(f"{REVIEW}.questions.example")]))
            page.wait_for_timeout(100)
        page.wait_for_timeout(4000)
    page.get_by_test_id("cell-4-9").click()
    page.wait_for_timeout(8000)


def take(page: Page, name: str, themes: tuple[str, ...] = ("light", "dark")) -> None:
    """The page as it stands, in these themes."""
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(1500)
        page.screenshot(path=FOLDER / f"{name}-{theme}.png")
    page.emulate_media(color_scheme="light")


if __name__ == "__main__":
    main()
