"""What a member of a comparison knew and drew after so many labels, as it is kept.

Letters in shapes: N examples, k classes with labels, r styles, H, W, C an image.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import NotWritten, UserError
from ..storage.bundles import MANIFEST, read_bundle, write_bundle
from ..storage.paths import CHECKPOINTS

AT = "at-{}"  # labels
NO_CLASS = 255
STOP = "stop"  # a file in its folder, that whoever trains it looks for

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class MemberResult:
    """A member after so many labels.

    `alone` and `together` are (2, N): the likeliest class of each example, and its probability in
    255ths; of the model alone, and together with what the labels propagate, as in a session.
    `draws` (r, k, H, W, C): a row has one style z, the same for every member; `undrawn` (r, k) is 1
    where what was drawn is no picture. `terms` of the bound are those of the last steps, in nats;
    `mean_bound` is of log p(x, y) over some examples, y as the model says, None for a model without
    densities. `counts` says what both are of.
    """

    n_labels: int
    seconds: float  # of learning, in all
    steps: int
    terms: Mapping[str, float]
    mean_bound: float | None
    counts: str
    note: str  # what a person should know of it, a sentence, or ""
    alone: NDArray[np.uint8]
    together: NDArray[np.uint8]
    draws: NDArray[np.uint8]
    undrawn: NDArray[np.uint8]
    drawn: NDArray[np.int16]  # (k,) ids of the classes that are drawn


ARRAYS = ("alone", "together", "draws", "undrawn", "drawn")
TOLD = ("n_labels", "seconds", "steps", "terms", "mean_bound", "counts", "note")


def write_result(folder: Path, result: MemberResult, labels: str) -> None:
    """Write it in a member's folder; `labels` is the fingerprint of what all learn from.

    UserError if the disk is full.
    """
    arrays = {name: getattr(result, name) for name in ARRAYS}
    told = {name: getattr(result, name) for name in TOLD}
    write_bundle(folder / AT.format(result.n_labels), arrays, told | {"labels": labels})


def read_result(folder: Path, n_labels: int, labels: str, n: int) -> MemberResult | None:
    """That of so many of these labels, on n examples; None if it is not there or damaged."""
    at = folder / AT.format(n_labels)
    if not (at / MANIFEST).is_file():
        return None
    try:
        arrays, told = read_bundle(at)
        if told["labels"] != labels:
            return None
        known: dict[str, Any] = {name: told[name] for name in TOLD} | _checked(arrays, n)
        found = MemberResult(**known)
        bounds = [*found.terms.values(), found.mean_bound or 0.0]
        if not all(isinstance(each, int | float) for each in (found.seconds, *bounds)):
            raise ValueError("numbers are missing")
        return found
    except (UserError, KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        log.warning("What a member said after %d labels is left out: %s", n_labels, error)
        return None


def forget_results(folder: Path, for_good: bool = False) -> None:
    """Take away what a member learned, so that it learns anew; what was in use once stays.

    `for_good`: that goes, too.
    """
    if for_good:
        shutil.rmtree(folder, ignore_errors=True)
    for pattern in (AT.format("*"), CHECKPOINTS):
        for path in folder.glob(pattern):
            shutil.rmtree(path, ignore_errors=True)


def stop(folder: Path, is_stopped: bool = True) -> None:
    """Have whoever trains this member end with it, and go on with the next; or not any more.

    UserError if the disk is full.
    """
    try:
        if is_stopped:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / STOP).touch()
        else:
            (folder / STOP).unlink(missing_ok=True)
    except OSError as error:
        raise NotWritten(f"The model could not be stopped: {error.strerror}.") from error


def is_stopped(folder: Path) -> bool:
    """Whether it is to end."""
    return (folder / STOP).exists()


def _checked(arrays: Mapping[str, NDArray[Any]], n: int) -> dict[str, NDArray[Any]]:
    """The arrays by name. KeyError or ValueError where they are others."""
    found = {name: arrays[name] for name in ARRAYS}
    rows = len(found["draws"])
    shapes = {
        "alone": (2, n),
        "together": (2, n),
        "undrawn": (rows, len(found["drawn"])),
        "draws": (rows, len(found["drawn"]), *found["draws"].shape[2:]),
    }
    for name, shape in shapes.items():
        if found[name].shape != shape or found[name].dtype != np.uint8:
            raise ValueError(f"{name} is {found[name].dtype} of shape {found[name].shape}")
    if found["draws"].ndim != 5 or found["drawn"].dtype != np.int16:
        raise ValueError("the drawings are none")
    return found
