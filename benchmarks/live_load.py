"""How soon is a label answered while the trainer learns images without labels, on a busy machine?

    python -m benchmarks.live_load photographs/train

The app and its trainer in their processes, driven over HTTP as a page does it: a folder of
photographs with a folder a class, and 50,000 colour images of 32 x 32 that are drawn here. While an
encoder or an M1 is at work on them, labels are given one after the other, and each is timed until
the guesses about all images have seen it; first alone, then beside processes that never wait. The
table goes to benchmarks/results/live_load.md.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.app_process import App, wait_until
from benchmarks.timing import machine
from ssvae_core.importing.import_data import Choice, import_data
from ssvae_core.session.workspace import Workspace
from ssvae_core.storage.paths import data_root

RESULT = Path(__file__).parent / "results" / "live_load.md"
N_DRAWN, SIDE, N_KINDS = 50_000, 32, 10
PAUSE = 0.7  # seconds between an answer and the next label
PATIENCE, START_PATIENCE = 120.0, 600.0  # seconds, of an answer and until it is at work
AT_WORK = ("pretraining",)  # state of a trainer that learns without labels
LEARNING = (*AT_WORK, "training")
SPINNING = "while True: pass"


@dataclass
class Labelled:
    """What one stretch of labelling came to, in seconds."""

    stored: list[float] = field(default_factory=list)  # until each label was acknowledged
    guessed: list[float] = field(default_factory=list)  # until its guesses were here
    while_learning: int = 0  # labels at whose answer the trainer was learning


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="of photographs, a folder a class")
    parser.add_argument("--seconds", type=float, default=35.0, help="of labelling, each time")
    parser.add_argument("--busy", type=int, nargs="*", default=[0, 2], help="processes beside it")
    parser.add_argument("--drawn", type=int, default=N_DRAWN, help="images that are drawn; 0: none")
    parser.add_argument("--no-file", action="store_true", help="only print")
    arguments = parser.parse_args()
    rows = []
    if arguments.folder:
        rows += measured("photographs", arguments.folder, arguments)
    if arguments.drawn:
        with tempfile.TemporaryDirectory() as folder:
            file = drawn(Path(folder) / "drawn.npz", arguments.drawn)
            rows += measured(f"{arguments.drawn:,} drawn images", file, arguments)
    head = (
        "| images | busy processes beside it | labels | while it learned "
        "| to guesses: median | p95 | most | to stored: median | p95 |"
    )
    text = "\n".join([head, "|---" * 9 + "|", *rows]) + f"\n\n{machine()}\n"
    print(text)
    if not arguments.no_file:
        RESULT.write_text(
            "# A label's answer while the trainer learns images\n\n"
            "Seconds. `python -m benchmarks.live_load FOLDER` of photographs.\n\n" + text
        )


def measured(name: str, source: Path, arguments: argparse.Namespace) -> Iterator[str]:
    """A row for each number of busy processes, of a new session on these images."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        *_, last = import_data(source, data_root(root), name="live", choice=Choice(role="truth"))
        assert last.imported is not None
        workspace = Workspace(root)
        for _ in workspace.prepare(last.imported.id):
            pass
        row = workspace.create("Live", last.imported.id)
        key = workspace.dataset(last.imported.id).answer_key
        workspace.close()
        assert key is not None
        app = App(root)
        try:
            hand = Hand(app, row.id, key)
            for n_busy in arguments.busy:
                with busy(n_busy):
                    yield told(name, n_busy, hand.label_for(arguments.seconds))
        finally:
            app.stop()


def told(name: str, n_busy: int, labelled: Labelled) -> str:
    """The row."""
    guessed, stored = labelled.guessed, labelled.stored
    return (
        f"| {name} | {n_busy} | {len(guessed)} | {labelled.while_learning} "
        f"| {statistics.median(guessed):.2f} | {np.percentile(guessed, 95):.2f} "
        f"| {max(guessed):.2f} | {statistics.median(stored):.2f} "
        f"| {np.percentile(stored, 95):.2f} |"
    )


class Hand:
    """Gives labels in one session, and waits for each answer as a page does."""

    def __init__(self, app: App, session: str, key: np.ndarray):
        """Open the session; returns once its trainer learns the images."""
        self.app, self.session, self.key = app, session, key
        self.order = iter(np.random.default_rng(0).permutation(len(key)))
        self.state: dict[str, Any] = app.get(f"sessions/{session}/state")
        self.rev = ""
        wait_until(self._is_at_work, START_PATIENCE, "the trainer learns the images")

    def label_for(self, seconds: float) -> Labelled:
        """Labels for so long, one after the other."""
        labelled, until = Labelled(), time.monotonic() + seconds
        while time.monotonic() < until:
            self._label(labelled)
            resume = time.monotonic() + PAUSE
            while (left := resume - time.monotonic()) > 0:
                self._hear(min(left, 0.5))
        return labelled

    def _label(self, labelled: Labelled) -> None:
        example, start = int(next(self.order)), time.monotonic()
        seq = self.state["labels"]["seq"]
        self.app.label(self.session, [example], int(self.key[example]))
        labelled.stored.append(time.monotonic() - start)
        while not self._has_guesses_after(seq):
            if time.monotonic() - start > PATIENCE:
                break
            self._hear(5.0)
        labelled.guessed.append(time.monotonic() - start)
        labelled.while_learning += self.state["trainer"]["state"] in LEARNING

    def _has_guesses_after(self, seq: int) -> bool:
        shown = self.state["snapshot"]
        return shown is not None and shown["label_seq"] > seq

    def _hear(self, seconds: float) -> None:
        """The next state, and the guesses where they are new, as a page asks for them."""
        after = self.state["version"]
        self.state = self.app.get(f"sessions/{self.session}/state?after={after}&wait={seconds:.2f}")
        shown = self.state["snapshot"]
        if shown is not None and shown["label_seq"] and shown["rev"] != self.rev:
            self.rev = shown["rev"]
            url = f"{self.app.url}/api/sessions/{self.session}/guesses"
            urllib.request.urlopen(url, timeout=PATIENCE).read()

    def _is_at_work(self) -> bool:
        self._hear(0.5)
        return self.state["trainer"]["state"] in AT_WORK


@contextmanager
def busy(n: int) -> Iterator[None]:
    """So many processes of a stranger, each of which wants a core all the time."""
    processes = [
        subprocess.Popen([sys.executable, "-c", SPINNING], start_new_session=True) for _ in range(n)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def drawn(file: Path, n: int) -> Path:
    """Ten kinds of blurred patterns in colour, with noise, and of which kind each is."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, N_KINDS, n)
    coarse = rng.random((N_KINDS, 8, 8, 3), np.float32)[kinds]
    coarse += 0.7 * rng.random(coarse.shape, np.float32)
    images = coarse.repeat(SIDE // 8, 1).repeat(SIDE // 8, 2)
    images += 0.2 * rng.random(images.shape, np.float32)
    np.savez(file, x=(255 / 1.9 * images).astype(np.uint8), y=kinds)
    return file


if __name__ == "__main__":
    main()
