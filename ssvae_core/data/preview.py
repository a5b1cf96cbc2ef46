"""Some examples of each class, as the model will see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .dataset import Dataset


@dataclass(frozen=True)
class PreviewRow:
    """Some examples of one class; "" are those without."""

    class_name: str
    n: int  # examples that it has in all
    examples: NDArray[np.int64]  # (n,)
    images: NDArray[Any]  # (n, H, W, C)


def preview(data: Dataset, per_class: int = 8, seed: int = 0) -> list[PreviewRow]:
    """At random by the seed, in the order of the data set: a row for each class that has any."""
    rng = np.random.default_rng(seed)
    classes = data.answer_key if data.answer_key is not None else data.labels
    if classes is None:
        classes = np.full(len(data), -1)
    rows = []
    for class_id in np.unique(classes):
        members = np.flatnonzero(classes == class_id)
        some = np.sort(rng.choice(members, min(per_class, len(members)), replace=False))
        name = data.class_names[class_id] if class_id >= 0 else ""
        rows.append(PreviewRow(name, len(members), some, np.asarray(data.images[some])))
    return rows[1:] + rows[:1] if classes.min() < 0 else rows
