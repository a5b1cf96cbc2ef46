"""When is a model worth hearing beside propagation? `python -m benchmarks.ensemble`.

Models learn on MNIST, with a teacher, and are looked at now and then: how many of the examples that
propagation is sure of does the model contradict, for each that propagation leaves open? And who
errs least on examples without a label: propagation, the model, or both together? The rule of
`ssvae_core.training.ensemble.may_trust` is made from what comes of it, in results/ensemble.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import CLOCKS, machine
from ssvae_core.data import ASSETS, Dataset, load_dataset
from ssvae_core.data.label_draw import draw_labels
from ssvae_core.fitting.fit import Fit
from ssvae_core.pretraining.starter import Starter
from ssvae_core.training.device import use_threads
from ssvae_core.training.ensemble import (
    TRUSTED_AGREEMENT,
    TRUSTED_CONTRADICTION,
    agreement,
    combined,
    left_open,
    may_trust,
)

RESULTS = Path(__file__).parent / "results"
SECONDS = (3, 6, 10, 15, 20, 30, 40, 60)
N_JUDGED = 10_000  # the last of the training images
WITH_ENCODER = {"guided-m1": 30, "adgm": 30, "m2": 60, "m1m2": 40, "cvae": 40}  # seconds of each
FROM_NOTHING = {"guided": 60, "m2": 60}
DRAWS = ((100, 0), (30, 1))  # labels, and the seed that draws them
Look = dict[str, Any]


def looks(
    data: Dataset, model: str, n_labels: int, seed: int, starter: Starter | None, budget: float
) -> Iterator[Look]:
    """What is seen of a model while it learns."""
    key, K = data.answer_key, len(data.class_names)
    assert key is not None
    labels = draw_labels(key, n_labels, seed, K)
    fit = Fit(
        data.images,
        labels,
        n_classes=K,
        model=model,
        starter=starter,
        seed=seed,
        clock=CLOCKS["processor"],
    )
    judged = np.flatnonzero(labels < 0)[-N_JUDGED:]
    before = 0.0
    for seconds in (moment for moment in SECONDS if moment <= budget):
        for _ in fit.run(seconds - before):
            pass
        before = seconds
        if not fit.steps:  # the neighbours are still being looked for
            continue
        assert fit.learner is not None
        assert fit.ensemble is not None
        propagated, modelled = fit.ensemble.propagated[judged], fit.learner.probabilities(judged)
        agrees, left = agreement(propagated, modelled), left_open(propagated)
        ensemble = {
            "propagation": propagated,
            "alone": modelled,
            "both": combined(propagated, modelled),
        }
        yield {
            "model": model,
            "sight": starter is not None,
            "labels": n_labels,
            "seconds": seconds,
            "steps": fit.steps,
            "contradicts": 1 - agrees,
            "open": left,
            "speaks": may_trust(agrees, left, speaks=False),
            **{
                name: 100 * float((said.argmax(1) != key[judged]).mean())
                for name, said in ensemble.items()
            },
        }


def ratio(look: Look) -> float:
    """What the model contradicts of the sure, for each that propagation leaves open."""
    return float(look["contradicts"] / max(look["open"], 1e-9))


def summary(found: list[Look]) -> str:
    """In how many looks both together erred less than propagation, on either side of the rule."""
    sides = [[look for look in found if look["speaks"] is speaks] for speaks in (True, False)]
    words = []
    for name, side in zip(("would speak", "would not"), sides, strict=True):
        gains = [round(look["propagation"] - look["both"], 2) for look in side]
        if gains:
            less = sum(gain > 0 for gain in gains)
            words.append(
                f"where the model {name} ({len(gains)} looks), both erred less in {less}: "
                f"by {min(gains):.2f} to {max(gains):.2f} points"
            )
    rule = f"a ratio of {TRUSTED_CONTRADICTION}, and {TRUSTED_AGREEMENT:.0%} agreement"
    return f"By the rule ({rule}): {'; '.join(words)}."


def table(found: list[Look]) -> list[str]:
    """All looks as Markdown, those first in which the model contradicts least."""
    lines = [
        "| model | neighbours by | labels | seconds | steps | contradicts, % of the sure | open, % "
        "| ratio | propagation errs, % | model | both | speaks |",
        "|---" * 12 + "|",
    ]
    for look in sorted(found, key=ratio):
        cells = [
            look["model"],
            "sight" if look["sight"] else "PCA",
            *(str(look[name]) for name in ("labels", "seconds", "steps")),
            f"{100 * look['contradicts']:.2f}",
            f"{100 * look['open']:.1f}",
            f"{ratio(look):.3f}",
            *(f"{look[name]:.2f}" for name in ("propagation", "alone", "both")),
            "yes" if look["speaks"] else "no",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Let all learn, one after the other, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the table is kept")
    arguments = parser.parse_args()
    use_threads(1)
    data = load_dataset("mnist")
    starter = Starter.load(ASSETS / "starter" / "mnist", data.shape)
    runs = [(m, *draw, starter, s) for draw in DRAWS for m, s in WITH_ENCODER.items()]
    runs += [(m, *DRAWS[0], None, s) for m, s in FROM_NOTHING.items()]
    found: list[Look] = []
    for run in runs:
        for look in looks(data, *run):
            print(json.dumps(look), file=sys.stderr, flush=True)
            found.append(look)
    origin = f"`python -m benchmarks.ensemble`, {datetime.date.today()}, {machine(1)}"
    arguments.results.mkdir(parents=True, exist_ok=True)
    (arguments.results / "ensemble.json").write_text(json.dumps(found, indent=1) + "\n")
    (arguments.results / "ensemble.md").write_text(
        "\n".join(
            [
                "# When the model is worth hearing beside propagation\n",
                __doc__ or "",
                f"{summary(found)}\n",
                *table(found),
                f"\nSeconds of the processor; {origin}\n",
            ]
        )
    )
    print(summary(found))


if __name__ == "__main__":
    main()
