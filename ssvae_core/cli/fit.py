"""fit: train a model on some labels within some seconds, and say its error."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.label_draw import draw_labels
from ..encoders import features_for_graph
from ..options.catalogue import without_domains
from .by_domain import answers_in, errors_by_domain
from .options import Commands, add_training_options, new_command, seconds, whole
from .reporting import CommandResult, listing, progress_line
from .target import with_target
from .trial import (
    circumstances,
    data_with_answers,
    detail,
    error_on,
    learning,
    new_fit,
    percent_wrong,
    say_if_another,
    training_seconds,
)

if TYPE_CHECKING:
    from ..fitting.fit import Fit

EXAMPLES = [
    "--data mnist --labels 100 --budget 60",
    "--model m1m2 --labels 100 --seed 0 --budget 60 --device auto --json",
    "--model m2 --alone --set alpha=1 --set latent_dim=32",
    "--data mnist --target usps.npz --labels 1000",
    "--data digits-and-usps --model vfae --labels 200 --labels-in digits",
]


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = new_command(
        commands, "fit", run, "train a model on a few labels and say its error", EXAMPLES
    )
    add_training_options(parser)
    add = parser.add_argument
    add(
        "--budget",
        type=seconds,
        default=60.0,
        metavar="SECONDS",
        help="of encoding and training (60)",
    )
    add(
        "--steps",
        type=whole(1),
        metavar="N",
        help="stop after so many: the same seed then gives "
        "the same result, if the budget is not over before",
    )
    add(
        "--target",
        metavar="NAME",
        help="a second data set, or a file or folder of one, without labels: learned from beside "
        "the first, which it is made alike to, and counted by itself",
    )
    add(
        "--as-they-are",
        action="store_true",
        help="the target's images only stretched to the same size",
    )
    add(
        "--labels-in",
        metavar="DOMAIN",
        help="of a data set with domains: draw the labels in this one alone",
    )
    add("--save", type=Path, metavar="DIR", help="keep the fitted model in this folder")


def run(arguments: argparse.Namespace) -> CommandResult:
    """Draw labels by the seed, fit, and look at the test part, or else at the rest."""
    data, answers = data_with_answers(arguments)
    inside = answers_in(arguments.labels_in, data, answers)
    labels = draw_labels(inside, arguments.labels, arguments.seed, len(data.class_names))
    with (
        progress_line() as line,
        with_target(arguments.target, data, arguments.as_they_are) as domains,
    ):
        line.say("loading PyTorch")
        its = None
        if domains is None:
            fit, known = new_fit(arguments, data, labels, line)
        else:
            data = domains.source
            fit, known = new_fit(arguments, data, labels, line, also=domains.target)
            its = domains.add_to(fit, arguments, known, line)
        test_features = None if known is None else known.test_features
        data = data if known is None else known.scored_on(data)
        left = training_seconds(arguments.budget, fit.seconds)
        end = fit.seconds + left
        for progress in learning(fit.run(left, arguments.steps)):
            line.say(progress.message, detail(progress), end - progress.seconds)
        line.say("counting errors")
        from ..fitting.saved_fit import save_fit
        from ..training.bounds import N_FOR_MEAN, mean_bound
        from ..training.examples import as_stored

        assert fit.learner is not None
        bound = None
        if data.test_images is not None:
            values = as_stored(data.test_images[:N_FOR_MEAN], fit.standard).numpy()
            some = None
            if test_features is not None and not fit.beside:
                some = features_for_graph(test_features, fit.centre)
            bound = mean_bound(fit.learner, values, some)
        found = {
            "model": fit.model_name,
            "data": data.name,
            "labels": arguments.labels,
            "seed": arguments.seed,
            "seconds": round(fit.seconds, 2),
            "error": percent_wrong(fit, data, test_features),
            "error_on": error_on(data),
            "bound": None if bound is None else round(bound, 3),
            "epochs": _epochs(fit),
            "steps": fit.learner.steps,
            **circumstances(fit, known),
        }
        if domains is not None:
            found |= domains.found(fit, its)
        if data.domain_names:
            found["domains"] = errors_by_domain(fit, data, test_features)
        if arguments.save:
            save_fit(arguments.save, fit, {} if known is None else known.as_json())
            found["saved"] = str(arguments.save)
    say_if_another(fit, arguments.model)
    n_domains = 2 if domains is not None else len(data.domain_names)
    if without := without_domains(fit.model_name, n_domains):
        print(without, file=sys.stderr)
    return CommandResult(found, listing(found))


def _epochs(fit: Fit) -> float:
    """Passes over the data set that its steps came to."""
    assert fit.learner is not None
    return round(fit.learner.steps * fit.learner.n_unlabelled / len(fit.values), 2)
