"""Labels of any kind, as scikit-learn gives them, and as a model takes them: numbers from 0.

No label is -1, in both. Letters in shapes: n examples, K classes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from ..errors import UserError
from .label_checks import check_labels

Array = NDArray[Any]
KINDS = ("biuf", "USO")  # numpy's letters of the types of labels that go together


def is_labelled(y: Array) -> NDArray[np.bool_]:
    """Which are labels: (n,) -> (n,)."""
    return np.broadcast_to(np.asarray(y != -1, bool), y.shape)


def scored(y: Any) -> Array:
    """The labels to score by: -> (n,). Raises ValueError if there is none."""
    check_labels(y)
    targets: Array = column_or_1d(y)
    if not is_labelled(targets).any():
        raise ValueError("y has no label to score by: all of it is -1.")
    return targets


def classes_in(y: Array) -> Array:
    """The labels that there are, sorted: (n,) -> (K,). Raises ValueError if they are none."""
    labels = y[is_labelled(y)]
    plain = np.array(labels.tolist()) if y.dtype == object else y
    if plain.dtype.kind not in "iuUSb" and len(plain):
        check_classification_targets(plain)
    try:
        return np.unique(labels)
    except TypeError as error:
        kinds = sorted({type(label).__name__ for label in labels})
        raise ValueError(
            f"Labels must be of one type; y holds {' and '.join(kinds)}. No label is the number -1."
        ) from error


@dataclass(frozen=True)
class LabelEncoder:
    """The classes, each at the place of its number; classes that come later are numbered later."""

    names: Array  # (K,)

    @classmethod
    def of(cls, y: Array, more: Iterable[Any] | None = None) -> LabelEncoder:
        """The labels in y, (n,), and more of them, sorted. Raises ValueError if there is none."""
        found = classes_in(_joined(classes_in(y), _array(more)))
        if not len(found):
            raise ValueError("y has no label: all of it is -1. Say the class of some examples.")
        return cls(found)

    def __len__(self) -> int:
        return len(self.names)

    def with_those_of(self, y: Array, more: Iterable[Any] | None = None) -> LabelEncoder:
        """These, and after them what is new."""
        found = classes_in(_joined(classes_in(y), _array(more)))
        known = set(self.names.tolist())
        is_new = np.array([label not in known for label in found.tolist()], bool)
        return LabelEncoder(_joined(self.names, found[is_new]))

    @property
    def order(self) -> NDArray[np.intp]:
        """The numbers of the classes, sorted by their names: -> (K,)."""
        return np.argsort(self.names, kind="stable")

    def encode(self, y: Array) -> NDArray[np.int16]:
        """The numbers of these labels: (n,) -> (n,)."""
        numbers = {name: number for number, name in enumerate(self.names.tolist())}
        return np.array([numbers.get(label, -1) for label in y.tolist()], np.int16)

    def number(self, label: Any) -> int:
        """Of this label. Raises ValueError if there is no such class."""
        for number, name in enumerate(self.names.tolist()):
            if name == label:
                return number
        names = ", ".join(repr(name) for name in self.names[self.order].tolist())
        raise ValueError(f"There is no class {label!r}. Choose one of: {names}.")

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold of them. Raises UserError if they are no strings, numbers or bools."""
        names = self.names.tolist()
        if not all(isinstance(name, str | int | float) for name in names):
            raise UserError(
                f"Labels of type {type(names[0]).__name__} cannot be saved. "
                "Fit with strings or numbers."
            )
        return {"dtype": self.names.dtype.str, "names": names}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> LabelEncoder:
        """What as_json made."""
        return cls(np.array(saved["names"], np.dtype(saved["dtype"])))


Labels = LabelEncoder  # as estimators that were pickled before name it


def _array(labels: Iterable[Any] | None) -> Array:
    named = [] if labels is None else list(labels)
    check_labels(named)
    return np.array(named)


def _joined(one: Array, other: Array) -> Array:
    """One array after the other. Raises ValueError if their types do not go together."""
    if not len(one) or not len(other):
        return one if len(one) else other
    if not any(one.dtype.kind in kinds and other.dtype.kind in kinds for kinds in KINDS):
        raise ValueError(
            f"Labels must be of one type; there are {one.dtype} and {other.dtype} together."
        )
    return np.concatenate([one, other])
