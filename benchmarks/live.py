"""How soon does the trainer answer a label, without a browser? python -m benchmarks.live

A trainer in its process on MNIST, as a session has it, and a label each half second: until the
guesses about all images have seen it, what they are worth, and how many steps a second it takes
meanwhile. For a machine with a GPU and no browser; `python -m benchmarks.loop` is what a person
meets.
"""

from __future__ import annotations

import argparse
import queue
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import machine
from ssvae_core.atlas.starter_folders import shipped_folder
from ssvae_core.data import load_dataset
from ssvae_core.data.label_draw import draw_labels
from ssvae_core.protocol.messages import Failed, Labels, Message, Open, Snapshot, Status
from ssvae_core.worker.supervisor import LocalWorker

EVERY = 0.5  # seconds between two labels
CALM = 15.0  # seconds of training after the last
PATIENCE = 900.0


class Trainer:
    """A worker, and what it said last."""

    def __init__(self, model: str, device: str, folder: str):
        opening = Open(
            *("live", 1, "mnist", model, {}, 10, 0, folder, device),
            *(str(shipped_folder("mnist")), str(Path(folder) / "features")),
        )
        self._said: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.worker = LocalWorker(lambda: opening, self._said.put)
        self.snapshot: Snapshot | None = None
        self.status = Status(1, "starting")
        self.worker.start()

    def hear(self, seconds: float) -> None:
        """Take in the next message within these seconds."""
        try:
            message = self._said.get(timeout=seconds)
        except queue.Empty:
            return
        if isinstance(message, Failed):
            raise SystemExit(message.error)
        if isinstance(message, Snapshot):
            self.snapshot = message
        if isinstance(message, Status):
            self.status = message

    def hear_until(self, moment: float) -> None:
        """All messages until then, by time.monotonic()."""
        while (left := moment - time.monotonic()) > 0:
            self.hear(left)


def main() -> None:
    """Print a row for each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=["guided", "m1m2"])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--labels", type=int, default=100)
    arguments = parser.parse_args()
    data = load_dataset("mnist")
    assert data.answer_key is not None
    given = draw_labels(data.answer_key, arguments.labels, 0, len(data.class_names))
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            trainer = Trainer(model, arguments.device, folder)
            try:
                print(live(trainer, model, given, data.answer_key), flush=True)
            finally:
                trainer.worker.stop(checkpoint=False)
    print(machine())


def live(trainer: Trainer, model: str, given: NDArray[np.int16], key: NDArray[np.integer]) -> str:
    """Labels as a person gives them; the row."""
    start = time.monotonic()
    while trainer.status.state == "starting":
        trainer.hear(PATIENCE)
    opened = time.monotonic() - start
    chosen = np.random.default_rng(0).permutation(np.flatnonzero(given >= 0)).astype(np.int32)
    waits, begin, first = [], time.monotonic(), trainer.status.step
    for seq, example in enumerate(chosen, 1):
        asked = time.monotonic()
        one = np.array([example], np.int32)
        trainer.worker.send(Labels(seq - 1, seq, one, given[one], 10))
        while trainer.snapshot is None or trainer.snapshot.label_seq < seq:
            trainer.hear(PATIENCE)
        waits.append(1000 * (time.monotonic() - asked))
        trainer.hear_until(asked + EVERY)
    at_once = error(trainer, given, key)
    trainer.hear_until(time.monotonic() + CALM)
    rate = (trainer.status.step - first) / (time.monotonic() - begin)
    return (
        f"{model} on {trainer.status.device}: open after {opened:.1f} s; label to guesses, median "
        f"{statistics.median(waits):.0f} ms, p95 {np.percentile(waits, 95):.0f}; {rate:.0f} steps "
        f"a second; error with {len(chosen)} labels {at_once:.2f} %, {CALM:.0f} s later "
        f"{error(trainer, given, key):.2f} %"
    )


def error(trainer: Trainer, given: NDArray[np.int16], key: NDArray[np.integer]) -> float:
    """Of the guesses about images without a label, in percent."""
    assert trainer.snapshot is not None
    assert trainer.snapshot.probabilities is not None
    free = given < 0
    return 100 * float((trainer.snapshot.probabilities[free].argmax(1) != key[free]).mean())


if __name__ == "__main__":
    sys.exit(main())
