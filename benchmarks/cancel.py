"""How long a Cancel waits at most: python -m benchmarks.cancel

The trainer looks for messages between two pieces of work, so its longest piece is the longest that
a Cancel waits. On large coloured digits, with many classes and labels: the longest pieces of an M1
from scratch, of a training run with its labels and an undo, and of the questions that pages ask.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from benchmarks.timing import CLOCKS, machine
from ssvae_core.atlas.atlas import Atlas
from ssvae_core.atlas.first_map import first_atlas
from ssvae_core.data import Dataset, load_dataset
from ssvae_core.pretraining import m1
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.protocol.queries import CheckLabels, Explain, Redraw
from ssvae_core.trainer.core import TrainerCore
from ssvae_core.trainer.state import new_state
from ssvae_core.training.device import choose_device, use_threads
from ssvae_core.training.seeding import seeded

PIECES = 4  # the longest that a row names


def main() -> None:
    """Print a row for each kind of work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=["guided", "m1m2"])
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=64, help="pixels, high and wide (64)")
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--labels", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each training (60)")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    use_threads(arguments.threads)
    data = coloured(arguments.images, arguments.size, arguments.classes)
    *_, atlas = first_atlas(data.images)
    assert isinstance(atlas, Atlas)
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            measure(model, data, atlas, arguments, Path(folder))
    print(machine(torch.get_num_threads()))


def coloured(n: int, size: int, n_classes: int) -> Dataset:
    """Digits of MNIST, larger and each in a colour; a class is a digit in one of the colours."""
    mnist, rng = load_dataset("mnist"), np.random.default_rng(0)
    assert mnist.answer_key is not None
    n_colours = -(-n_classes // 10)
    colours = rng.uniform(0.3, 1.0, (n_colours, 3))
    chosen, colour = rng.permutation(len(mnist))[:n], rng.integers(n_colours, size=n)
    places = np.arange(size) * 28 // size
    ink = mnist.images[chosen][:, places][:, :, places]
    images = (ink * colours[colour][:, None, None]).astype(np.uint8)
    key = mnist.answer_key[chosen] + 10 * colour
    names = tuple(str(k) for k in range(10 * n_colours))
    return Dataset("coloured", "Coloured digits", images, names, key)


class PieceTimes:
    """The seconds of each kind of work, and of the turns that it is done in."""

    def __init__(self, clock: Callable[[], float]):
        self._clock, self.longest = clock, defaultdict[str, float](float)

    @contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        """Remember it if no piece of this kind was longer."""
        start = self._clock()
        try:
            yield
        finally:
            self.longest[kind] = max(self.longest[kind], self._clock() - start)

    def row(self, title: str) -> str:
        """The longest, as a line."""
        found = sorted(self.longest.items(), key=lambda piece: -piece[1])[:PIECES]
        return f"{title}: " + ", ".join(f"{kind} {seconds:.2f} s" for kind, seconds in found)


def measure(
    model: str, data: Dataset, atlas: Atlas, arguments: argparse.Namespace, folder: Path
) -> None:
    """Train an M1 and the model, and ask, and print what took longest."""
    device = choose_device(arguments.device)
    with seeded(torch.device("cpu"), 0):
        starter = Starter(new_m1(data.shape), atlas, is_trained=False)
    state = new_state(
        data,
        starter,
        model=model,
        config={},
        n_classes=len(data.class_names),
        device=device,
        folder=folder,
    )
    core = TrainerCore(state)
    clock = CLOCKS[arguments.clock]
    m1.MAX_PASSES_SECONDS = arguments.seconds
    chosen = np.random.default_rng(0).permutation(len(data))[: arguments.labels]
    first, *others = np.array_split(chosen, 11)
    assert data.answer_key is not None
    core.apply(len(first), first, data.answer_key[first])  # by which M1s are compared
    pieces = PieceTimes(clock)
    core.command("pretrain")
    while core.is_pretraining:
        turn(core, pieces, core.message.split(",")[0])
    title = f"{model}, M1 from scratch ({core.message or 'adopted'})"
    print(pieces.row(title), flush=True)

    pieces, begin = PieceTimes(clock), time.monotonic()
    for part in others:
        with pieces.timed("labels"):
            core.apply(core.state.label_seq + len(part), part, data.answer_key[part])
        until = time.monotonic() + arguments.seconds / 10
        while time.monotonic() < until:
            turn(core, pieces, "step")
    with pieces.timed("checkpoint"):
        core.save()
    with pieces.timed("undo"):
        seq = core.state.label_seq
        core.apply(seq + 1, chosen[-1:], np.array([-1]), undone_from=seq)
    print(pieces.row(f"{model}, {core.state.step_count} steps, {time.monotonic() - begin:.0f} s"))

    pieces = PieceTimes(clock)
    example = int(chosen[0])
    for query in (Explain(0, example), Redraw(0, example), CheckLabels(0)):
        work = core.query(query)
        with contextlib.suppress(StopIteration):
            while True:
                with pieces.timed(type(query).__name__):
                    next(work)
    print(pieces.row(f"{model}, queries"), flush=True)


def turn(core: TrainerCore, pieces: PieceTimes, work: str) -> None:
    """What a worker does between two looks for messages."""
    with pieces.timed("turn"):
        with pieces.timed("snapshot"):
            core.snapshot()
        if core.busy:
            with pieces.timed(work):
                core.step()


if __name__ == "__main__":
    sys.exit(main())
