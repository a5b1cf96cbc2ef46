"""A table to try things on: wines that scikit-learn brings along."""

from __future__ import annotations

import numpy as np

from .columns import Columns
from .dataset import Dataset


def wine() -> Dataset:
    """178 wines of three cultivars, 13 measurements each, with their names and in their units."""
    from sklearn.datasets import load_wine

    table = load_wine()
    rows = table.data.astype(np.float32)
    names = tuple(name.replace("_", " ") for name in table.feature_names)
    return Dataset(
        name="wine",
        title="Wines of three cultivars, from scikit-learn",
        images=rows,
        class_names=tuple(f"cultivar {place}" for place in range(3)),
        answer_key=table.target.astype(np.int64),
        columns=Columns(names, rows),
    )
