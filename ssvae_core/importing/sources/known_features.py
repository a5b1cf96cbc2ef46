"""Columns beside images, or beside their paths, that hold what an encoder has found in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from ..reading import Reading
from . import pixels
from .columns import Column

COUNTED = re.compile(r"(.*?)[\W_]?\d+", re.DOTALL)  # dim_0, f12, 7
LEAST_COUNTED = 16  # columns that are called alike and counted, from which they are features
CALLED = ("embed", "feature", "vector", "latent", "encod")  # what lists of features are called
OF_COLUMNS = "columns"  # the value of the option that means counted columns


def known_features(
    columns: Sequence[Column], others: Sequence[str | None], reading: Reading
) -> tuple[str, ...]:
    """The column of lists, or those of numbers, as recognised or as a person chose; () for none.

    `others` are columns that are something else.
    """
    lists = [column.name for column in columns if column.kind == "vector"]
    counted = _counted([column for column in columns if column.name not in others])
    options = {name: name for name in lists}
    if counted:
        options[OF_COLUMNS] = f"{counted[0]} to {counted[-1]}, {len(counted)} numbers"
    if not options:
        return ()
    called = [name for name in lists if any(word in name.lower() for word in CALLED)]
    found = called[0] if called else OF_COLUMNS if counted else ""
    chosen = reading.choose("features", "Features", options | {"": "None"}, found)
    return () if not chosen else tuple(counted) if chosen == OF_COLUMNS else (chosen,)


def _counted(columns: Sequence[Column]) -> list[str]:
    """The most columns of numbers whose names differ in a number only; [] if they are few."""
    alike = defaultdict(list)
    for column in columns:
        name = column.name.strip()
        is_feature = column.kind == "number" and not pixels.PIXEL.fullmatch(name)
        if is_feature and (match := COUNTED.fullmatch(name)):
            alike[match[1]].append(column.name)
    most = max(alike.values(), key=len, default=[])
    return most if len(most) >= LEAST_COUNTED else []
