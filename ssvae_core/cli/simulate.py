"""simulate: an oracle answers what a strategy asks, and the error falls with the labels.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..acquisition import STRATEGIES, Situation, suggest
from ..atlas import Atlas, medoids
from ..data import Dataset
from ..errors import UserError
from ..projection import fit_to_frame, pca_map
from .options import Commands, add_training_options, new_command, seconds, whole
from .reporting import Answer, ProgressLine, progress_line, table
from .trial import (
    circumstances,
    data_with_answers,
    learning,
    new_fit,
    percent_wrong,
    say_if_another,
)

if TYPE_CHECKING:
    from ..training.fitting import Fit

EXAMPLES = [
    "--labels 100 --batch 10",
    "--data mnist --model m1m2 --strategy margin --labels 100 --batch 10 --seed 0 --json",
]
ALSO_CALLED = {"margin": "close"}


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = new_command(
        commands, "simulate", run, "let an oracle label what a strategy asks for", EXAMPLES
    )
    add_training_options(parser)
    add = parser.add_argument
    add("--strategy", default="auto", metavar="NAME", help=f"{', '.join(STRATEGIES)} (auto)")
    add("--batch", type=whole(1), default=10, metavar="N", help="labels at a time (10)")
    add(
        "--seconds-per-batch",
        type=seconds,
        default=2.0,
        metavar="SECONDS",
        help="of training after each (2); a model that needs an M1 and has no starter trains "
        "one first, for as long as all batches together",
    )


def run(arguments: argparse.Namespace) -> Answer:
    """Ask, answer, train, and look at the test images, until there are enough labels."""
    data, _ = data_with_answers(arguments)
    strategy = ALSO_CALLED.get(arguments.strategy, arguments.strategy)
    if strategy not in STRATEGIES:
        raise UserError(
            f"Unknown strategy '{strategy}'. Choose one of: {', '.join(STRATEGIES)} "
            "('margin' is 'close')."
        )
    with progress_line() as line:
        line.say("loading PyTorch")
        fit = new_fit(arguments, data, np.full(len(data), -1, np.int16))
        curve = list(
            simulated(
                fit,
                data,
                strategy,
                n_labels=arguments.labels,
                batch=arguments.batch,
                seconds=arguments.seconds_per_batch,
                line=line,
            )
        )
    asked = ("data", "strategy", "labels", "batch", "seed", "seconds_per_batch")
    say_if_another(fit, arguments.model)
    found = {
        "model": fit.model_name,
        **{name: getattr(arguments, name) for name in asked},
        **circumstances(fit),
    }
    rows = [list(point.values()) for point in curve]
    text = table(["labels", "seconds", "test error, %", "speaker"], rows)
    return Answer({**found, "curve": curve}, text)


def simulated(
    fit: Fit,
    data: Dataset,
    strategy: str,
    *,
    n_labels: int,
    batch: int,
    seconds: float,
    line: ProgressLine,
) -> Iterator[dict[str, Any]]:
    """A point of the curve after each batch: labels, seconds of training, test error."""
    assert data.answer_key is not None
    n_batches = -(-n_labels // batch)
    _prepare(fit, n_batches * seconds, line)
    atlas = _atlas(fit)
    probabilities: NDArray[np.float32] | None = None
    labels = fit.labels.copy()
    for number in range(n_batches):
        n = min(batch, n_labels - number * batch)
        situation = Situation(atlas, labels, probabilities, seed=fit.seed)
        asked = [s.example for s in suggest(strategy, situation, n, data.class_names)]
        labels = labels.copy()
        labels[asked] = data.answer_key[asked]
        fit.take_labels(labels)
        end = fit.seconds + (n_batches - number) * seconds
        for progress in learning(fit.run(seconds)):
            line.say(f"{number * batch + n} of {n_labels} labels", "", end - progress.seconds)
        probabilities = _beliefs(fit)
        yield {
            "labels": int((labels >= 0).sum()),
            "seconds": round(fit.seconds, 2),
            "test_error": percent_wrong(fit, data),
            "speaker": fit.speaker,
        }


def _prepare(fit: Fit, m1_seconds: float, line: ProgressLine) -> None:
    """Make the model, with graph and M1 as it needs them, before the first label."""
    from ..training.fitting import M1_SHARE

    needs_m1 = fit.recipe.m1 is not None and fit.starter is None
    for progress in learning(fit.run(m1_seconds / M1_SHARE if needs_m1 else 0.0)):
        line.say(progress.message, "", m1_seconds - progress.seconds if needs_m1 else None)
        if fit.learner:  # what comes after the M1 waits for labels
            fit.seconds = progress.seconds
            return


def _atlas(fit: Fit) -> Atlas:
    """The starter's, or one of the fit's own graph, drawn by its principal components."""
    if fit.starter:
        return fit.starter.atlas
    from ..training.graph import graph_of_values

    graph = fit.graph or graph_of_values(fit.values, fit.seed)
    xy = fit_to_frame(pca_map(graph.place(graph.values)))
    return Atlas(xy, graph.neighbours, graph.distances, medoids(xy, seed=fit.seed))


def _beliefs(fit: Fit) -> NDArray[np.float32]:
    """What the next question is chosen by, as in the app: (N, K)."""
    assert fit.learner is not None
    if fit.voices is None:
        return fit.learner.probabilities()
    fit.voices.ask_at = 0.0
    fit.voices.ask_model(seconds=math.inf)
    return fit.voices.probabilities()
