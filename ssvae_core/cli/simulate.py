"""simulate: an oracle answers what a strategy asks, and the error falls with the labels.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Required, TypedDict

import numpy as np
from numpy.typing import NDArray

from ..acquisition import STRATEGIES, Evidence, suggest
from ..atlas.atlas import Atlas, medoids
from ..atlas.first_map import first_atlas
from ..atlas.graph_clusters import atlas_by_clusters, cluster_medoids
from ..data import Dataset
from ..errors import UserError
from .options import Commands, add_training_options, new_command, seconds, share, whole
from .reporting import CommandResult, ProgressLine, progress_line, table
from .trial import (
    circumstances,
    data_with_answers,
    error_on,
    guesses,
    learning,
    new_fit,
    percent_wrong,
    say_if_another,
)

if TYPE_CHECKING:
    from ..fitting.fit import Fit


class Predicted(TypedDict, total=False):
    """What Evidence takes of what is predicted, (N, K) and (N,)."""

    probabilities: Required[NDArray[np.float32] | None]
    anomaly: NDArray[np.float32] | None
    undecided: NDArray[np.float16]
    disagree: NDArray[np.float32]


EXAMPLES = [
    "--labels 100 --batch 10",
    "--data mnist --model m1m2 --strategy margin --labels 100 --batch 10 --seed 0 --json",
    "--data digits --strategy least-sure --class 8 --mix 0.2 --labels 50",
]
N_SCORED = 2000  # examples, drawn anew each time, of which it is asked how odd they are


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = new_command(
        commands, "simulate", run, "let an oracle label what a strategy asks for", EXAMPLES
    )
    add_training_options(parser)
    add = parser.add_argument
    add("--strategy", default="auto", metavar="NAME", help=f"{', '.join(STRATEGIES)} (auto)")
    add("--mix", type=share, default=0.0, metavar="SHARE", help="drawn at random instead (0)")
    add("--class", dest="about_class", metavar="CLASS", help="that least-sure suggests examples of")
    add("--batch", type=whole(1), default=10, metavar="N", help="labels at a time (10)")
    add(
        "--seconds-per-batch",
        type=seconds,
        default=2.0,
        metavar="SECONDS",
        help="of training after each (2); a model that needs an M1 and has no starter trains "
        "one first, for as long as all batches together",
    )


def run(arguments: argparse.Namespace) -> CommandResult:
    """Ask, answer, train, and count errors, until there are enough labels."""
    data, _ = data_with_answers(arguments)
    if arguments.strategy not in STRATEGIES:
        raise UserError(
            f"Unknown strategy '{arguments.strategy}'. Choose one of: {', '.join(STRATEGIES)}."
        )
    about_class = _class(arguments, data.class_names)
    with progress_line() as line:
        line.say("loading PyTorch")
        fit, known = new_fit(arguments, data, np.full(len(data), -1, np.int16), line)
        test_features = None if known is None else known.test_features
        data = data if known is None else known.scored_on(data)
        curve = list(
            simulated(
                fit,
                data,
                arguments.strategy,
                counts=counts(arguments.labels, arguments.batch),
                mix=arguments.mix,
                about_class=about_class,
                seconds=arguments.seconds_per_batch,
                line=line,
                score=partial(percent_wrong, test_features=test_features),
            )
        )
    asked = ("data", "strategy", "mix", "labels", "batch", "seed", "seconds_per_batch")
    say_if_another(fit, arguments.model)
    found = {
        "model": fit.model_name,
        **{name: getattr(arguments, name) for name in asked},
        **circumstances(fit, known),
    }
    rows = [list(point.values()) for point in curve]
    found |= {"error": curve[-1]["error"] if curve else None, "error_on": error_on(data)}
    head = ["labels", "seconds", f"{error_on(data)} error, %", "predicted_by"]
    text = table(head, rows)
    return CommandResult({**found, "curve": curve}, text)


def counts(n_labels: int, batch: int) -> list[int]:
    """How many labels there are after each batch."""
    return [*range(batch, n_labels, batch), n_labels] if n_labels else []


def simulated(
    fit: Fit,
    data: Dataset,
    strategy: str,
    *,
    counts: list[int],
    seconds: float,
    line: ProgressLine,
    mix: float = 0.0,
    about_class: int | None = None,
    excluded: NDArray[np.bool_] | None = None,
    score: Callable[[Fit, Dataset], float | None] = percent_wrong,
) -> Iterator[dict[str, Any]]:
    """A point of the curve at each count: labels, seconds of training, percent wrong.

    Those `excluded` (N,) are never asked.
    """
    assert data.answer_key is not None
    _prepare(fit, len(counts) * seconds, line)
    atlas = _atlas(fit)
    if excluded is not None:  # the typical ones of those that may be asked
        open_ones = np.flatnonzero(~excluded)
        if fit.centre is None:
            typical = open_ones[medoids(atlas.xy[open_ones], seed=fit.seed)].astype(np.int32)
        else:
            near = atlas.neighbours, atlas.distances
            typical = cluster_medoids(*near, among=open_ones, seed=fit.seed)
        atlas = replace(atlas, medoids=typical)
    predicted: Predicted = {"probabilities": None}
    labels, before = fit.labels.copy(), 0
    for number, count in enumerate(counts):
        known: dict[str, Any] = {"excluded": excluded, "about_class": about_class, **predicted}
        evidence = Evidence(atlas, labels, seed=fit.seed, **known)
        asked = [
            suggestion.example
            for suggestion in suggest(strategy, evidence, count - before, data.class_names, mix=mix)
        ]
        labels, before = labels.copy(), count
        labels[asked] = data.answer_key[asked]
        fit.take_labels(labels)
        end = fit.seconds + (len(counts) - number) * seconds
        for progress in learning(fit.run(seconds)):
            line.say(f"{count} of {counts[-1]} labels", "", end - progress.seconds)
        predicted = _predicted(fit, needs_anomaly=strategy == "odd")
        yield {
            "labels": int((labels >= 0).sum()),
            "seconds": round(fit.seconds, 2),
            "error": score(fit, data),
            "predicted_by": fit.predicted_by,
        }


def _class(arguments: argparse.Namespace, names: tuple[str, ...]) -> int | None:
    """The class that --class names. UserError if it is none, or one is needed and missing."""
    if arguments.about_class in names:
        return names.index(arguments.about_class)
    if arguments.about_class is None and not STRATEGIES[arguments.strategy].needs_class:
        return None
    asked = f", got '{arguments.about_class}'" if arguments.about_class else ""
    raise UserError(
        f"--strategy {arguments.strategy} expects --class, one of: {', '.join(names)}{asked}."
    )


def _prepare(fit: Fit, m1_seconds: float, line: ProgressLine) -> None:
    """Make the model, with graph and M1 as it needs them, before the first label."""
    for progress in learning(fit.learn_m1(m1_seconds)):
        line.say(progress.message, "", m1_seconds - progress.seconds)
    line.say("looking for neighbours")
    for _ in learning(fit.run(0.0)):
        pass


def _atlas(fit: Fit) -> Atlas:
    """Of the features where the model has some; else the starter's, or a session's first map."""
    from ..fitting.seen import compared

    centre = None if fit.beside else fit.centre
    if fit.starter and centre is None:
        return fit.starter.atlas
    if centre is None:
        seen = fit.values.cpu().numpy().reshape(len(fit.values), *fit.shape)
    else:
        seen = compared(fit.seen, centre)
    *_, atlas = first_atlas(seen, fit.seed)
    assert isinstance(atlas, Atlas)
    if centre is None:
        return atlas
    return atlas_by_clusters(atlas.xy, atlas.neighbours, atlas.distances, fit.seed)


def _predicted(fit: Fit, needs_anomaly: bool) -> Predicted:
    """What the next suggestion is chosen by, as in the app."""
    assert fit.learner is not None
    if fit.ensemble is None:
        said = guesses(fit)
        return {"probabilities": said, "anomaly": _anomaly(fit, said) if needs_anomaly else None}
    fit.ensemble.query_at = 0.0
    fit.ensemble.query_model(seconds=math.inf)
    said = fit.ensemble.probabilities()
    apart = np.abs(fit.ensemble.propagated - fit.ensemble.modelled).sum(1) / 2  # total variation
    return {
        "probabilities": said,
        "anomaly": _anomaly(fit, said) if needs_anomaly else None,
        "undecided": fit.ensemble.undecided(),
        "disagree": apart,
    }


def _anomaly(fit: Fit, guesses: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """The anomaly scores of some examples, nan for the others: (N,); None if it has no bound."""
    from ..training.bounds import anomaly_scores, has_bound

    assert fit.learner is not None
    if not has_bound(fit.learner):
        return None
    rng = np.random.default_rng([fit.seed, fit.steps])
    some = np.sort(rng.choice(len(fit.labels), min(N_SCORED, len(fit.labels)), replace=False))
    anomaly = np.full(len(fit.labels), np.nan, np.float32)
    anomaly[some] = anomaly_scores(fit.learner, some, guesses[some])
    return anomaly
