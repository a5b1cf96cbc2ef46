"""Another data set without labels beside the one that has them: the domain that is adapted to.

Letters in shapes: M examples of the target, F features.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset, load_dataset
from ..data.library import load_imported
from ..data.matching import made_as, making_of, only_stretched
from ..errors import NotFound, UserError
from ..importing.import_data import import_data, import_to_end
from .encoding import EncodedData, encoded_data
from .reporting import ProgressLine
from .trial import error_on, guesses

if TYPE_CHECKING:
    import argparse

    from ..fitting.fit import Fit


@dataclass(frozen=True, eq=False)
class Domains:
    """Two sets of the same classes, made alike: labels of the one are to serve the other."""

    source: Dataset
    target: Dataset
    words: str  # what was made like what

    def add_to(
        self, fit: Fit, arguments: argparse.Namespace, known: EncodedData | None, line: ProgressLine
    ) -> EncodedData | None:
        """Give a fit to the source the target's images too, without a label.

        Gives their features, where the fit is made of some.
        """
        labels, its = fit.labels, None
        if known is not None:
            its = encoded_data(known.choice, self.target, False, line, download=arguments.download)
        none = np.full(len(self.target), -1, np.int16)
        ones = np.ones(len(self.target), np.int64)  # the source's place is 0
        fit.add(self.target.images, none, None if its is None else its.features, domains=ones)
        fit.labels[: len(labels)] = labels  # also where both sets have an image
        return its

    def found(self, fit: Fit, its: EncodedData | None) -> dict[str, Any]:
        """What a result says of the target; `its` are its features."""
        return {
            "target": self.target.name,
            "target_error": self._percent_wrong(fit, its),
            "target_error_on": "test" if error_on(self.target) == "test" else "all",
            "made_alike": self.words,
        }

    def _percent_wrong(self, fit: Fit, its: EncodedData | None) -> float | None:
        """Of the target's test part, or where it has none, of all its images."""
        target, key = self.target, self.target.answer_key
        if error_on(target) == "test":
            images, key = target.test_images, target.test_answer_key
            features = None if its is None else its.test_features
            best = fit.probabilities(_there(images), features).argmax(1)
        elif key is None:
            return None
        else:
            best = guesses(fit)[-len(target) :].argmax(1)
        is_known = _there(key) >= 0
        return round(100 * float((best != key)[is_known].mean()), 2) if is_known.any() else None


@contextmanager
def with_target(name: str | None, source: Dataset, as_they_are: bool) -> Iterator[Domains | None]:
    """The source and the target of this name, or path of a file or folder, made alike.

    The smaller images are made as the larger, unless both are to stay as they are but for their
    size. UserError where there is no such set, or its classes are none of the source's.
    """
    if name is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        yield _alike(source, _of_same_classes(_loaded(name, Path(folder)), source), as_they_are)


def _loaded(name: str, folder: Path) -> Dataset:
    try:
        return load_dataset(name)
    except NotFound:
        if not Path(name).exists():
            raise
    short = Path(name).stem or "target"
    imported = import_to_end(import_data(name, folder, name=short))
    data = load_imported(imported.folder)
    return replace(data, name=short, identity=data.fingerprint)


def _of_same_classes(target: Dataset, source: Dataset) -> Dataset:
    """The target with its key in the source's classes; others are not known."""
    if target.class_names == source.class_names:
        return target
    places = {name: place for place, name in enumerate(source.class_names)}
    if target.answer_key is not None and not places.keys() & set(target.class_names):
        raise UserError(
            f"{target.title} has other classes ({', '.join(target.class_names[:5])}) than "
            f"{source.title} ({', '.join(source.class_names[:5])}): no label of the one says "
            "something of the other. Rename its folders or labels to the same names."
        )
    its = np.array([*(places.get(name, -1) for name in target.class_names), -1], np.int64)
    key, test_key = target.answer_key, target.test_answer_key
    return replace(
        target,
        class_names=source.class_names,
        answer_key=None if key is None else its[key],
        test_answer_key=None if test_key is None else its[test_key],
        identity=target.fingerprint,
    )


def _alike(source: Dataset, target: Dataset, as_they_are: bool) -> Domains:
    if source.kind != target.kind or (source.kind == "vector" and source.shape != target.shape):
        raise UserError(
            f"{target.title} holds {target.kind}s of shape {target.shape}, and {source.title} "
            f"{source.kind}s of shape {source.shape}. Both need the same."
        )
    if source.kind == "vector":
        return Domains(source, target, "as they are")
    larger, smaller = (
        (source, target)
        if source.shape[0] * source.shape[1] >= target.shape[0] * target.shape[1]
        else (target, source)
    )
    making = making_of(larger.images)
    if as_they_are:
        making = only_stretched(making_of(smaller.images), making)
    made = _made(smaller, making)
    words = f"{smaller.name} made as {larger.name}: {making.in_words}"
    return Domains(*((larger, made) if larger is source else (made, larger)), words)


def _made(data: Dataset, making: Any) -> Dataset:
    test = data.test_images
    return replace(
        data,
        images=made_as(np.asarray(data.images), making),
        test_images=None if test is None else made_as(np.asarray(test), making),
        originals=None,
        test_originals=None,
        identity="",
    )


def _there(array: NDArray[Any] | None) -> NDArray[Any]:
    assert array is not None
    return array
