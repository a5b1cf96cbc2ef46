"""How soon is drawn what lives under the hand on Explore's map, at rest and while the model learns?

    python -m benchmarks.explore                   # MNIST, 60,000 images
    python -m benchmarks.explore --folder FOLDER   # photographs too, a folder a class

The real app with its trainer, in a real browser. The hand moves from dot to dot; each move is timed
until its drawing is on the page's canvas, which waits for the next frame of the screen (16.7 ms of
60 Hz at most). Films, sums and the time machine are timed on the same session. First opens are of a
page that the browser has not seen. Of photographs some of each class are taken; what draws them is
the M1 that SSVAE_AUTOENCODER names, if it names one. The tables go to benchmarks/results/explore.md
and .json, from where `python -m benchmarks.readme` takes the first.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, sync_playwright

from benchmarks.app_process import App
from benchmarks.browser import launch
from benchmarks.explore_films import films
from benchmarks.explore_hand import OPENS, STYLES, hand_rows, opened
from benchmarks.explore_moments import label_one_by_one, moments
from benchmarks.explore_report import report
from benchmarks.timing import machine
from ssvae_core.data import load_dataset
from ssvae_core.encoders.autoencoder_files import VARIABLE
from ssvae_core.importing.import_data import Choice, import_data, import_to_end
from ssvae_core.session.workspace import Workspace
from ssvae_core.storage.paths import data_root

RESULTS = Path(__file__).parent / "results"
N_LABELS = 10  # of each class
N_MOMENTS = 40  # labels that are given one after the other
N_PHOTOS = 40  # of each class
PATIENCE = 600_000  # ms
EXPLORE = "window.ssvaeExplore"

Found = dict[str, list[dict[str, Any]]]  # rows of each table


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, help="of photographs, a folder a class")
    parser.add_argument("--moves", type=int, default=100, help="of the hand, each time")
    parser.add_argument("--few", action="store_true", help="of MNIST the first 3,000 images only")
    parser.add_argument("--into", type=Path, default=RESULTS, help="where the tables are put")
    arguments = parser.parse_args()
    found: Found = {"hand": [], "opens": [], "films": [], "moments": []}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, data, key in sets(arguments):
            with tempfile.TemporaryDirectory() as folder:
                app = App(Path(folder))
                try:
                    session = begun(app, data, key)
                    measure(browser, app, session, name, arguments.moves, found)
                    keep(found, arguments.into)
                finally:
                    app.stop()
        browser.close()
    print(report(found, machine()))


def keep(found: Found, into: Path) -> None:
    """What is measured so far, whatever becomes of the rest."""
    into.mkdir(parents=True, exist_ok=True)
    (into / "explore.md").write_text(report(found, machine()))
    told = {"origin": f"`python -m benchmarks.explore`, {machine()}", **found}
    (into / "explore.json").write_text(json.dumps(told, indent=1) + "\n")


def sets(
    arguments: argparse.Namespace,
) -> Iterator[tuple[str, Path | str, NDArray[np.integer]]]:
    """Name, what it is imported from or the name of a bundled one, and the true classes."""
    mnist = load_dataset("mnist")
    assert mnist.answer_key is not None
    if arguments.few:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "digits.npz"
            np.savez(file, images=mnist.images[:3000, ..., 0], labels=mnist.answer_key[:3000])
            yield "3,000 digits", file, mnist.answer_key[:3000]
    else:
        yield "MNIST, 60,000", "mnist", mnist.answer_key
    if arguments.folder:
        with tempfile.TemporaryDirectory() as folder:
            some = _some_of(arguments.folder, Path(folder) / "photographs")
            n = sum(1 for _ in some.glob("*/*"))
            yield f"{n} photographs", some, np.empty(0)


def _some_of(folder: Path, into: Path) -> Path:
    """The first photographs of each class, in a folder of their own."""
    for kind in sorted(path for path in folder.iterdir() if path.is_dir()):
        (into / kind.name).mkdir(parents=True)
        for file in sorted(kind.iterdir())[:N_PHOTOS]:
            shutil.copy(file, into / kind.name / file.name)
    return into


def begun(app: App, data: Path | str, key: NDArray[np.integer]) -> str:
    """A session with some labels of each class, the first of them one after the other."""
    if isinstance(data, str):
        session = app.new_session(data=data, n_examples=len(key)).id
    else:
        done = import_to_end(
            import_data(data, data_root(app.root), name="set", choice=Choice(role="truth"))
        )
        workspace = Workspace(app.root)
        session = workspace.create("Explore", done.id).id
        found = workspace.dataset(done.id).answer_key
        workspace.close()
        assert found is not None
        key = found
    classes = range(int(key.max()) + 1)
    chosen = [np.flatnonzero(key == label)[:N_LABELS].tolist() for label in classes]
    in_turns = [chosen[label][k] for k in range(N_LABELS) for label in classes]
    label_one_by_one(app, session, key, in_turns[:N_MOMENTS])
    for label in classes:
        app.label(session, chosen[label], label)
    return session


def measure(browser: Browser, app: App, session: str, name: str, moves: int, found: Found) -> None:
    """Add the rows of one session to all tables."""
    if not found["opens"]:
        found["opens"] += [opened(browser, app, session, page) for page in OPENS]
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{app.url}/explore?session={session}")
    page.wait_for_function(f"{STYLES} && {EXPLORE}.client.guesses", timeout=PATIENCE)
    if os.environ.get(VARIABLE) and page.evaluate(f"{EXPLORE}.decoder.shape[2] > 1"):
        of_it = f"{STYLES} && {EXPLORE}.decoder.about.drawn_by.includes('autoencoder')"
        page.wait_for_function(of_it, timeout=PATIENCE)
    for row in hand_rows(app, page, session, moves):
        found["hand"].append({"images": name, **row})
    found["films"] += [{"images": name, **row} for row in films(page)]
    found["moments"] += [{"images": name, **row} for row in moments(app, page, session)]
    page.close()


if __name__ == "__main__":
    main()
