"""Labels as people pass them in arrays, lists and tables: "no label" is -1, all else is refused.

A missing value that is taken for a class is the worst mistake there is here: it trains.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

# What becomes of a missing value where somebody made strings of it; in any case.
MISSING_WORDS = frozenset(
    {"", "-1", "-1.0", "nan", "nat", "none", "null", "<na>", "n/a", "unlabelled", "unlabeled"}
)


def check_labels(y: Any) -> None:
    """Raise ValueError where y says "no label" in another way than by the number -1."""
    if y is None:
        raise ValueError(
            "The classifier requires y to be passed, but the target y is None. If no example has a "
            "label, pass an array of -1."
        )
    values = _as_they_came(y)
    open_to_it = () if values.dtype.kind in "biu" else values
    missing = [said for each in open_to_it if (said := _missing(each))]
    if missing:
        raise ValueError(
            f"y holds {missing[0]} ({len(missing)} of {np.size(y)}), which is no class. Say 'no "
            "label' by the number -1; beside strings, in an array of dtype object (in pandas, "
            "y.astype(object).fillna(-1))."
        )
    if values.dtype.kind == "u" and (values == np.iinfo(values.dtype).max).any():
        raise ValueError(
            f"y is {values.dtype} and holds {np.iinfo(values.dtype).max}, which is what -1 becomes "
            "there. Where it is to say 'no label', pass -1 in an array of int64; where it is a "
            "class, pass y.astype('int64')."
        )


def _as_they_came(y: Any) -> NDArray[Any]:
    """The labels before numpy makes strings of None and NaN that stand beside strings: (n,)."""
    if isinstance(y, np.ma.MaskedArray):
        seen = np.array(y.data, object)
        seen[np.ma.getmaskarray(y)] = None
        return seen.ravel()
    dtype = getattr(y, "dtype", None)
    is_typed = isinstance(dtype, np.dtype) and dtype.kind != "O"
    try:
        return (np.asarray(y) if is_typed else np.asarray(y, object)).ravel()
    except ValueError:  # of several lengths: scikit-learn says so
        return np.empty(0)


def _missing(label: Any) -> str:
    """The label in words, if it is none; else ""."""
    if isinstance(label, bytes):
        label = label.decode(errors="replace")
    if isinstance(label, str):
        return f"the string {str(label)!r}" if label.strip().lower() in MISSING_WORDS else ""
    if label is None or label is np.ma.masked:
        return "None or a masked value"
    if type(label).__name__ in ("NAType", "NaTType"):
        return str(label)
    if isinstance(label, np.datetime64 | np.timedelta64):
        return "NaT" if np.isnat(label) else ""
    is_missing = isinstance(label, float | np.floating | Decimal) and not math.isfinite(label)
    return str(label) if is_missing else ""
