"""What undo and the guard cost a session, and how far healthy runs fall.

For each model on MNIST, labels coming in by tens while it learns: the time to keep a state and to
go back to one, the size of one, the time of a look of the guard, and by how much the agreement
with what the labels propagate ever fell below the best before: python -m benchmarks.undo
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from ssvae_core.atlas.starter_folders import shipped_folder
from ssvae_core.data import load_dataset
from ssvae_core.pretraining.starter import Starter
from ssvae_core.trainer.core import TrainerCore
from ssvae_core.trainer.regression_guard import LEAST, RegressionGuard
from ssvae_core.trainer.state import new_state
from ssvae_core.training.device import choose_device, use_threads
from ssvae_core.training.ensemble import CONFIDENT_PROPAGATION, agreement


def main() -> None:
    """Print a row for each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=["guided", "m1m2"])
    parser.add_argument("--seconds", type=float, default=30.0, help="of training, each (30)")
    parser.add_argument("--labels", type=int, default=100)
    parser.add_argument("--every", type=int, default=50, help="steps between two looks (50)")
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    use_threads()  # OMP_WAIT_POLICY=PASSIVE on a machine that does something else too
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            print(row(model, arguments, Path(folder)), flush=True)


def row(model: str, arguments: argparse.Namespace, folder: Path) -> str:
    """Train one, and say what was measured."""
    data = load_dataset("mnist")
    state = new_state(
        data,
        Starter.load(shipped_folder("mnist"), data.shape),
        model=model,
        config={},
        n_classes=10,
        device=choose_device(arguments.device),
        folder=folder,
    )
    core = TrainerCore(state)
    assert data.answer_key is not None
    chosen = np.random.default_rng(0).permutation(len(data))[: arguments.labels]
    guard, keeping, looking = RegressionGuard(len(data)), [], []
    best, fell, agrees, begin, given = 0.0, 0.0, 0.0, time.monotonic(), 0
    while (spent := time.monotonic() - begin) < arguments.seconds:
        if given < len(chosen) and spent >= given / len(chosen) * arguments.seconds / 2:
            start = time.perf_counter()
            core.history.keep()
            keeping.append(time.perf_counter() - start)
            some = chosen[given : given + 10]
            core.apply(core.state.label_seq + len(some), some, data.answer_key[some])
            given, best = given + len(some), 0.0  # what propagation says is another thing now
        core.step()
        core.snapshot()
        if core.state.step_count % arguments.every == 0:
            start = time.perf_counter()
            propagated = core.state.ensemble.propagated[guard._asked]
            says = core.state.learner.probabilities(guard._asked)
            looking.append(time.perf_counter() - start)
            if (propagated.max(1) > CONFIDENT_PROPAGATION).sum() >= LEAST:
                agrees = agreement(propagated, says)
                best, fell = max(best, agrees), max(fell, best - agrees)
    states = core.history.states
    seq = states.kept[-1].label_seq + 1
    start = time.perf_counter()
    some = chosen[:1]
    core.apply(core.state.label_seq + 1, some, np.array([-1]), undone_from=seq)
    going_back = time.perf_counter() - start
    start = time.perf_counter()
    core.history.untrain()
    untrain = time.perf_counter() - start
    return (
        f"{model}: {core.state.step_count} steps, a state {states.kept[-1].n_bytes / 1e6:.1f} MB, "
        f"{len(states.kept)} take {states.n_bytes / 1e6:.0f} MB, "
        f"kept in {1e3 * np.median(keeping[1:]):.1f} ms (at most {1e3 * max(keeping):.1f}), "
        f"undo taken in {1e3 * going_back:.0f} ms, anew in {1e3 * untrain:.0f} ms, "
        f"a look {1e3 * np.median(looking):.0f} ms, agreement {agrees:.3f}, fell {fell:.3f}; "
        f"{core.message or 'healthy'}, {torch.get_num_threads()} threads"
    )


if __name__ == "__main__":
    sys.exit(main())
