"""Where must the guard's margin lie? `python -m benchmarks.guard`, into results/guard.md.

The guard takes a run back when the model agrees less with what the labels propagate than its best
state did, by more than a margin. Healthy runs say how much that falls by accident: labels come by
tens while a model learns, in half of the runs with one in twenty wrong. Broken ones say how much it
falls when something goes wrong: from a healthy state, a model learns on with a fault in it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.timing import machine
from ssvae_core.atlas.atlas import Atlas
from ssvae_core.atlas.first_map import first_atlas
from ssvae_core.atlas.starter_folders import shipped_folder
from ssvae_core.data import Dataset, load_dataset
from ssvae_core.models import MODELS as SPECS
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.trainer import core as core_module
from ssvae_core.trainer import regression_guard as guard_module
from ssvae_core.trainer.core import TrainerCore
from ssvae_core.trainer.regression_guard import LOOK_EVERY, RegressionGuard
from ssvae_core.trainer.state import new_state
from ssvae_core.training.device import use_threads
from ssvae_core.training.seeding import seeded

RESULTS = Path(__file__).parent / "results"
MODELS = ("guided", "m1m2", "m2", "cvae", "ladder", "aae", "aae-map", "adgm")
N_LABELS, BY = 100, 10
HEALTHY = 3000  # steps
BROKEN = (10, 50, 250, 500)  # steps with a fault until a look
MARGINS = (1, 2, 3, 5, 8, 10, 15, 20)  # points
REAL = (2, 5, 10, 20)  # points of error from which a fault has done that much harm
Row = dict[str, Any]


def faster(core: TrainerCore, factor: float) -> None:
    """The optimiser takes steps so many times as large."""
    for optimizer in core.state.learner.optimisation.optimizers:
        optimizer.lr *= factor


def noisy(core: TrainerCore, share: float) -> None:
    """Each weight that learns is off by a share of the spread of its layer."""
    with torch.no_grad():
        for model in {core.state.learner.model, core.state.learner.ema_model}:
            weights = dict(model.named_parameters())
            for name, learns in core.state.learner.model.named_parameters():
                if learns.requires_grad and learns.numel() > 1:
                    weights[name] += share * learns.std() * torch.randn_like(learns)


def turned(core: TrainerCore) -> None:
    """What labels propagate is taught as the next class."""
    assert core.state.learner.soft_targets is not None
    core.state.learner.soft_targets = core.state.learner.soft_targets.roll(1, dims=1)


def of_one_class(core: TrainerCore) -> None:
    """Only the labels of one class are seen."""
    labelled = core.state.learner.labelled
    core.state.learner.labelled = labelled[core.state.learner.labels.cpu()[labelled] == 0]


FAULTS: dict[str, Callable[[TrainerCore], None]] = {
    "5 times the learning rate": lambda core: faster(core, 5),
    "20 times the learning rate": lambda core: faster(core, 20),
    "100 times the learning rate": lambda core: faster(core, 100),
    "weights off by a quarter of their spread": lambda core: noisy(core, 0.25),
    "weights off by half of their spread": lambda core: noisy(core, 0.5),
    "weights off by all of their spread": lambda core: noisy(core, 1.0),
    "lessons of the next class": turned,
    "labels of one class only": of_one_class,
}


def starter_of(data: Dataset) -> Starter:
    """MNIST's own; for others a first atlas, and an M1 as new."""
    if shipped_folder(data.name).is_dir():
        return Starter.load(shipped_folder(data.name), data.shape)
    *_, atlas = first_atlas(data.images)
    assert isinstance(atlas, Atlas)
    with seeded(torch.device("cpu"), 0):
        return Starter(new_m1(data.shape), atlas, is_trained=False)


def error(core: TrainerCore, among: np.ndarray) -> float:
    """Of the model alone, in percent, on these unlabelled examples."""
    key = core.state.data.answer_key
    assert key is not None
    return 100 * float((core.state.learner.probabilities(among).argmax(1) != key[among]).mean())


def look(core: TrainerCore, guard: RegressionGuard, among: np.ndarray) -> Row | None:
    """What the guard sees at this moment, in points, and the error that it does not see."""
    found = guard.compare(core.state.ensemble)
    if found is None:
        return None
    before, now, _ = found
    guard.look(core.state.ensemble, core.history.copy)
    return {
        "step": core.state.learner.steps,
        "before": 100 * before,
        "fell": 100 * (before - now) if guard.best else 0.0,
        "error": error(core, among),
    }


def run(name: str, data: Dataset, starter: Starter, seed: int, folder: Path) -> Iterator[Row]:
    """A healthy run, then one with each fault from where it ended."""
    state = new_state(
        data,
        starter,
        model=name,
        config={},
        n_classes=len(data.class_names),
        device=torch.device("cpu"),
        folder=folder,
        seed=seed,
    )
    core = TrainerCore(state)
    assert data.answer_key is not None
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data))
    chosen, among = order[:N_LABELS], order[N_LABELS:][:2000]
    labels = data.answer_key[chosen].astype(np.int16)
    if is_careless := bool(seed % 2):
        wrong = rng.permutation(N_LABELS)[: N_LABELS // 20]
        labels[wrong] = (labels[wrong] + rng.integers(1, 10, len(wrong))) % core.state.n_classes
    kind = {"model": name, "data": data.name, "seed": seed, "careless": is_careless}
    guard, given, looks = core.history.guard, 0, []
    for step in range(HEALTHY):
        if step % LOOK_EVERY == 0 and given < N_LABELS:
            part = slice(given, given + BY)
            core.apply(core.state.label_seq + BY, chosen[part], labels[part])
            given += BY
        core.step()
        core.snapshot()
        if core.state.learner.steps % LOOK_EVERY == 0 and (seen := look(core, guard, among)):
            looks.append(seen)
    yield {**kind, "fault": "", "looks": looks}
    if guard.best is None:
        return
    state, healthy = core.history.copy(), error(core, among)
    for fault, harm in FAULTS.items():
        core.history.put_back(state)
        core._take_labels()
        torch.manual_seed(seed)
        harm(core)
        looks = []
        for step in range(1, BROKEN[-1] + 1):
            core.step()
            if core.state.learner.attempt:
                break  # it diverged, and was taken back for that
            if step in BROKEN and (seen := look(core, guard, among)):
                looks.append({**seen, "worse": seen["error"] - healthy})
        yield {**kind, "fault": fault, "looks": looks}
        core.state.learner.attempt = 0
        core.state.learner.become(core.state.new_model(core.state.n_classes))


def table(rows: list[Row]) -> Iterator[str]:
    """False alarms against what is found, by margin; then how far each model falls."""
    healthy = [seen for row in rows if not row["fault"] for seen in row["looks"]]
    broken = [max(row["looks"], key=lambda seen: seen["fell"]) for row in rows if row["looks"]
              and row["fault"]]  # fmt: skip
    yield (
        "| margin, points | false alarms | "
        + " | ".join(f"found of harm ≥ {points}" for points in REAL)
        + " |"
    )
    yield "|---" * (2 + len(REAL)) + "|"
    for margin in MARGINS:
        alarms = sum(seen["fell"] > margin for seen in healthy)
        cells = []
        for points in REAL:
            real = [seen for seen in broken if seen["worse"] >= points]
            found = sum(seen["fell"] > margin for seen in real)
            cells.append(f"{found} of {len(real)}")
        yield f"| {margin} | {alarms} of {len(healthy)} looks | {' | '.join(cells)} |"
    yield "\n| model | data | looks | largest fall, healthy | smallest fall where the harm is ≥ 5 |"
    yield "|---" * 5 + "|"
    for name, data in dict.fromkeys((row["model"], row["data"]) for row in rows):
        its = [row for row in rows if (row["model"], row["data"]) == (name, data)]
        falls = [seen["fell"] for row in its if not row["fault"] for seen in row["looks"]]
        harmed = [
            max(seen["fell"] for seen in row["looks"])
            for row in its
            if row["fault"] and any(seen["worse"] >= 5 for seen in row["looks"])
        ]
        least = f"{min(harmed):.1f} ({len(harmed)} faults)" if harmed else "–"
        yield f"| {name} | {data} | {len(falls)} | {max(falls, default=0):.1f} | {least} |"


def main() -> None:
    """Run what is asked for, keep it, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=MODELS)
    parser.add_argument("--data", nargs="+", default=["digits", "mnist"])
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    use_threads(1)
    guard_module.LOST_AGREEMENT = np.inf  # it watches, and does nothing
    core_module.LOOK_EVERY = sys.maxsize
    path = RESULTS / "guard.json"
    rows = json.loads(path.read_text())["rows"] if path.is_file() else []
    for data in map(load_dataset, arguments.data):
        starter = starter_of(data)
        for name in arguments.models:
            if SPECS[name].m1 and not starter.is_trained:
                continue  # another model would take its place
            rows = [r for r in rows if (r["model"], r["data"]) != (name, data.name)]
            for seed in range(arguments.seeds):
                with tempfile.TemporaryDirectory() as folder:
                    rows += run(name, data, starter, seed, Path(folder))
            origin = f"`python -m benchmarks.guard`, {datetime.date.today()}, {machine(1)}"
            path.write_text(json.dumps({"origin": origin, "rows": rows}) + "\n")
            lines = ["# What the guard sees of healthy and of broken runs\n", __doc__ or ""]
            (RESULTS / "guard.md").write_text("\n".join([*lines, *table(rows), f"\n{origin}\n"]))
            print(f"{name} on {data.name}", flush=True)
    print(*table(rows), sep="\n")


if __name__ == "__main__":
    main()
