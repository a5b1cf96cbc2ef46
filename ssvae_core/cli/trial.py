"""A fit as the options say, followed on the progress line, and what it came to.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset, load_dataset
from ..encoders import CONTRASTIVE, FeatureStore
from ..errors import UserError
from ..options.catalogue import DEFAULT_ON_IMAGES, DEFAULT_ON_VECTORS
from ..storage import paths
from .encoding import EncodedData, encoded_data
from .options import knobs
from .reporting import ProgressLine

if TYPE_CHECKING:
    from ..fitting.fit import Fit, FitProgress
    from ..pretraining.starter import Starter


def data_with_answers(arguments: argparse.Namespace) -> tuple[Dataset, NDArray[np.int64]]:
    """The data set and the true class of each example: (N,). UserError if it has none."""
    data = load_dataset(arguments.data)
    if data.answer_key is None:
        raise UserError(
            f"The data set '{data.name}' has no true labels, so none can be taken from it. "
            "Label it in the app (make run)."
        )
    if arguments.labels > len(data):
        raise UserError(
            f"{arguments.labels} labels were asked for; '{data.name}' has {len(data)} examples."
        )
    return data, data.answer_key


def new_fit(
    arguments: argparse.Namespace,
    data: Dataset,
    labels: NDArray[np.int16],
    line: ProgressLine,
    also: Dataset | None = None,
) -> tuple[Fit, EncodedData | None]:
    """A fit to these labels (N,), -1 for none, and the features it is made of where it is of some.

    What ships for a set that will be learned from `also`, serves where nothing does for this one.
    UserError or ValueError for what cannot be.
    """
    from ..fitting.fit import Fit
    from ..models import MODELS
    from ..training.device import choose_device, use_threads

    model = arguments.model or (DEFAULT_ON_IMAGES if len(data.shape) == 3 else DEFAULT_ON_VECTORS)
    if model not in MODELS:
        raise UserError(f"Unknown model '{model}'. Choose one of: {', '.join(MODELS)}.")
    use_threads(arguments.threads)
    starter = None
    if not arguments.no_starter:
        starter = shipped_starter(data) or (shipped_starter(also) if also else None)
    known = encoded_data(
        arguments.encoder, data, starter is not None, line, download=arguments.download
    )
    fit = Fit(
        data.images,
        labels,
        n_classes=len(data.class_names),
        features=None if known is None else known.features,
        beside=known is not None and known.beside,
        contrastive=(arguments.encoder or data.encoder) == CONTRASTIVE,
        model=model,
        config=knobs(arguments.set, model, MODELS[model].config),
        with_teacher=False if arguments.alone else None,
        starter=starter,
        domains=data.domains if also is None else np.zeros(len(data), np.int64),
        device=choose_device(arguments.device),
        seed=arguments.seed,
        store=FeatureStore(paths.default_workspace() / paths.FEATURES),
    )
    fit.seconds = 0.0 if known is None else known.seconds
    return fit, known


def shipped_starter(data: Dataset) -> Starter | None:
    """The M1 that ships for these very images, if one does."""
    from ..atlas.starter_folders import shipped
    from ..pretraining.starter import Starter

    folder = shipped(data)
    return Starter.load(folder, data.shape) if folder else None


def training_seconds(budget: float, spent: float) -> float:
    """What is left of a budget after encoding: (1 - ENCODING_SHARE) of it at least."""
    from ..fitting.array_encoder import ENCODING_SHARE

    return max(budget - spent, (1 - ENCODING_SHARE) * budget)


def learning(events: Iterable[FitProgress]) -> Iterator[FitProgress]:
    """The same events; a training that diverges ends in a UserError that says what to try."""
    from ..training.optimisation import TrainingDiverged

    try:
        yield from events
    except TrainingDiverged as error:
        raise UserError(
            f"{error} Try a smaller learning rate (--set learning_rate=...) or another --seed."
        ) from error


def detail(progress: FitProgress) -> str:
    """Steps and terms in words."""
    terms = [f"{name} {value:.2f}" for name, value in progress.terms.items()]
    return ", ".join([f"step {progress.steps}", *terms]) if progress.steps else ""


def error_on(data: Dataset) -> Literal["test", "unlabelled"]:
    """Of which examples the error is: of the test part, or where there is none, of those without
    a label.
    """
    key = data.test_answer_key if data.test_images is not None else None
    return "test" if key is not None and bool((key >= 0).any()) else "unlabelled"


def percent_wrong(
    fit: Fit, data: Dataset, test_features: NDArray[Any] | None = None
) -> float | None:
    """Of these, percent named wrongly; None where there is no label, or no such example."""
    if not (fit.labels >= 0).any():
        return None
    if error_on(data) == "test":
        assert data.test_images is not None
        assert data.test_answer_key is not None
        known = np.flatnonzero(data.test_answer_key >= 0)
        best = fit.probabilities(data.test_images, test_features).argmax(1)[known]
        answers = data.test_answer_key[known]
    else:
        assert data.answer_key is not None
        open_ones = np.flatnonzero((fit.labels < 0) & (data.answer_key >= 0))
        best, answers = guesses(fit)[open_ones].argmax(1), data.answer_key[open_ones]
    return round(100 * float((best != answers).mean()), 2) if len(answers) else None


def guesses(fit: Fit) -> NDArray[np.float32]:
    """Class probabilities of the examples themselves, as in the app: (N, K)."""
    assert fit.learner is not None
    said: NDArray[np.float32] = (fit.ensemble or fit.learner).probabilities()
    return said


def circumstances(fit: Fit, known: EncodedData | None) -> dict[str, Any]:
    """On what and with what help the fit was made."""
    from ..training.device import device_title, n_threads

    assert fit.learner is not None
    with_teacher = fit.learner.with_teacher
    return {
        "device": fit.device.type,
        "device_title": device_title(fit.device),
        "threads": n_threads(),
        "encoder": (CONTRASTIVE if fit.image_encoder else None) if known is None else known.choice,
        "features": None if known is None else known.key,
        "features_beside": known is not None and known.beside,
        "seconds_encoding": None if known is None else round(known.seconds, 2),
        "with_teacher": with_teacher,
        "predicted_by": fit.predicted_by,
        # Without a teacher, only a model that stands on an M1 asks for it.
        "starter": fit.starter is not None and (with_teacher or fit.spec.m1 is not None),
    }


def say_if_another(fit: Fit, asked: str | None) -> None:
    """Say it, if not the model that was asked for was trained."""
    if asked and fit.model_name != asked:
        print(
            f"The M1 that {asked} stands on found nothing in these images; "
            f"{fit.model_name} was trained instead.",
            file=sys.stderr,
        )
