"""How soon is drawn what lives under the hand on Explore's map, at rest and while the model learns?

    python -m benchmarks.explore                   # MNIST, 60,000 images
    python -m benchmarks.explore --folder FOLDER   # photographs too, a folder a class

The real app with its trainer, in a real browser. The hand moves from dot to dot; each move is timed
until its drawing is on the page's canvas, which waits for the next frame of the screen (16.7 ms of
60 Hz at most). First opens are of a page that the browser has not seen. The table goes to
benchmarks/results/explore.md.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.app_process import App
from benchmarks.browser import launch
from benchmarks.explore_films import films
from benchmarks.timing import machine
from ssvae_core.data import load_dataset
from ssvae_core.importing.import_data import Choice, import_data
from ssvae_core.session.workspace import Workspace
from ssvae_core.storage.paths import data_root

RESULT = Path(__file__).parent / "results" / "explore.md"
EXPLORE = "window.ssvaeExplore"
READY = f"{EXPLORE}?.map.drawn > 0 && {EXPLORE}.codes.n > 0 && {EXPLORE}.decoder.ready"
STYLES = f"{READY} && {EXPLORE}.codes.has('style')"
# A page's name, and when it is there.
OPENS = {
    "explore": READY,
    "learn": "window.ssvaeLearn !== undefined",
    "compare": "window.ssvaeCompare !== undefined",
}
N_LABELS = 10  # of each class
PATIENCE = 600_000  # ms
HEAD = (
    "| images | model | at work | drawn by | hand to drawing, ms: median | p95 "
    "| decoder alone | p95 |"
)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="of photographs, a folder a class")
    parser.add_argument("--moves", type=int, default=200, help="of the hand, each time")
    parser.add_argument("--few", action="store_true", help="of MNIST the first 3,000 images only")
    parser.add_argument("--no-file", action="store_true", help="only print")
    arguments = parser.parse_args()
    rows, opens, filmed = [], [], []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, data, n, key in sets(arguments):
            with tempfile.TemporaryDirectory() as folder:
                app = App(Path(folder))
                try:
                    session = begun(app, data, n, key)
                    rows += measured(browser, app, session, name, arguments.moves)
                    filmed.append(f"{name}\n\n{films_of(browser, app, session)}")
                    if not opens:
                        opens = [opened(browser, app, session, page) for page in OPENS]
                finally:
                    app.stop()
        browser.close()
    text = "\n".join([HEAD, "|---" * 8 + "|", *rows])
    text += "\n\n| first open of | seconds |\n|---|---|\n" + "\n".join(opens)
    text += "\n\n" + "\n\n".join(filmed) + f"\n\n{machine()}\n"
    print(text)
    if not arguments.no_file:
        head = "# What lives under the hand, drawn\n\n`python -m benchmarks.explore`\n\n"
        RESULT.write_text(head + text)


def sets(arguments: argparse.Namespace) -> Iterator[tuple[str, Path | str, int, np.ndarray]]:
    """Name, what it is imported from or the name of a bundled one, images, their true classes."""
    mnist = load_dataset("mnist")
    assert mnist.answer_key is not None
    if arguments.few:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "digits.npz"
            np.savez(file, images=mnist.images[:3000], labels=mnist.answer_key[:3000])
            yield "3,000 digits", file, 3000, mnist.answer_key[:3000]
    else:
        yield "MNIST, 60,000", "mnist", len(mnist), mnist.answer_key
    if arguments.folder:
        yield f"photographs ({arguments.folder.name})", arguments.folder, 0, np.empty(0)


def begun(app: App, data: Path | str, n: int, key: np.ndarray) -> str:
    """A session with some labels of each class."""
    if isinstance(data, str):
        session = app.new_session(data=data, n_examples=n).id
    else:
        *_, last = import_data(data, data_root(app.root), name="set", choice=Choice(role="truth"))
        assert last.imported is not None
        workspace = Workspace(app.root)
        session = workspace.create("Explore", last.imported.id).id
        found = workspace.dataset(last.imported.id).answer_key
        workspace.close()
        assert found is not None
        key = found
    app.get(f"sessions/{session}/state")
    for label in range(int(key.max()) + 1):
        app.label(session, np.flatnonzero(key == label)[:N_LABELS].tolist(), label)
    return session


def measured(browser: Browser, app: App, session: str, name: str, moves: int) -> Iterator[str]:
    """A row while it learns, and one while it is paused."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{app.url}/explore?session={session}")
    page.wait_for_function(STYLES, timeout=PATIENCE)
    state = f"{EXPLORE}.client.state"
    model = page.evaluate(f"{state}.session.model")
    for command, at_work in (("now", "training"), ("pause", "paused")):
        app.post(f"sessions/{session}/trainer", {"command": command})
        page.wait_for_function(f"{state}.trainer.state === '{at_work}'", timeout=PATIENCE)
        took, alone = hand(page, moves), decoder_alone(page)
        by = "the browser" if page.evaluate(f"{EXPLORE}.decoder.isLocal") else "the app's copy"
        said = " | ".join(f"{value:.1f}" for times in (took, alone) for value in of(times))
        yield f"| {name} | {model} | {at_work} | {by} | {said} |"
    app.post(f"sessions/{session}/trainer", {"command": "resume"})
    page.close()


def films_of(browser: Browser, app: App, session: str) -> str:
    """A table of films and arithmetic, while it learns."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{app.url}/explore?session={session}")
    page.wait_for_function(f"{STYLES} && {EXPLORE}.client.guesses", timeout=PATIENCE)
    table = films(page)
    page.close()
    return table


def hand(page: Page, moves: int) -> list[float]:
    """Milliseconds from each move of the hand to its drawing."""
    random = np.random.default_rng(0)
    dots = random.integers(0, page.evaluate(f"{EXPLORE}.codes.n"), moves)
    took = []
    for dot in dots:
        place = page.evaluate(f"{EXPLORE}.map.positionOf({dot})")
        before = page.evaluate(f"{EXPLORE}.pointer.drawn")
        page.mouse.move(place["x"], place["y"])
        try:
            page.wait_for_function(f"{EXPLORE}.pointer.drawn > {before}", timeout=5000)
        except Exception:  # the card lies over this dot
            continue
        took.append(page.evaluate(f"{EXPLORE}.pointer.took"))
    return took


def decoder_alone(page: Page) -> list[float]:
    """Milliseconds of one image, decoded; by the app's copy with its way there and back."""
    return page.evaluate(
        """async () => {
          const { decoder, codes } = window.ssvaeExplore;
          const times = [];
          for (let i = 0; i < 60; i++) {
            const start = performance.now();
            await decoder.decode("code", codes.of("code", i), Int32Array.of(0), "measure");
            times.push(performance.now() - start);
          }
          return times.slice(10);
        }"""
    )


def opened(browser: Browser, app: App, session: str, name: str) -> str:
    """The row of a page that is opened for the first time."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    start = time.perf_counter()
    page.goto(f"{app.url}/{name}?session={session}")
    page.wait_for_function(OPENS[name], timeout=PATIENCE)
    seconds = time.perf_counter() - start
    page.close()
    return f"| {name} | {seconds:.1f} |"


def of(times: list[float]) -> tuple[float, float]:
    """Median and p95."""
    return statistics.median(times), float(np.percentile(times, 95))


if __name__ == "__main__":
    main()
