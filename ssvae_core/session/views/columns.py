"""What a page shows of the columns of rows of numbers: values, where they stand, and rows beside.

Letters in shapes: N examples, F columns, n rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.columns import Columns
from ...errors import NotFound, UserError
from ..session import Session

MOST_OF_ROW = 60  # columns of one row that are told
ALL_OF_ROW = 20  # columns, up to which all are told in their own order
MOST_AXES = 12  # columns of parallel coordinates
MOST_LINES = 60  # rows of each kind in them
NO_COLUMNS = (
    "The examples of this session have no named columns. Import a table (CSV, Parquet, .npz with "
    "feature_names) or cells (.h5ad) to see them."
)


def columns_of(session: Session) -> Columns:
    """Those of its data. NotFound where it has none."""
    if session.data.columns is None:
        raise NotFound(NO_COLUMNS)
    return session.data.columns


def listed(session: Session) -> dict[str, Any]:
    """What columns there are, and between which values each lies; null where it has none."""
    columns = columns_of(session)
    return {
        "names": list(columns.names),
        "are_examples": columns.are_examples,
        "draws": columns.are_examples or columns.loadings is not None,
        "low": _json(columns.steps[0]),
        "high": _json(columns.steps[-1]),
    }


def column(session: Session, place: int) -> NDArray[np.float32]:
    """The values of a column for every example, nan where missing: (N,)."""
    columns = columns_of(session)
    if not 0 <= place < len(columns.names):
        raise UserError(f"A column is a number from 0 to {len(columns.names) - 1}, got {place}.")
    return np.array(columns.values[:, place])


def row(session: Session, example: int) -> dict[str, Any]:
    """An example's columns: value, and the share of rows below it; of many the most unusual.

    What is missing was filled for the model by `filled`, and has no rank.
    """
    session.check_example(example)
    columns = columns_of(session)
    values = np.array(columns.values[example])
    ranks = columns.ranks(values)
    order = np.arange(len(values))
    if len(values) > ALL_OF_ROW:
        order = np.argsort(-np.abs(np.nan_to_num(ranks, nan=0.5) - 0.5), kind="stable")
    filled = (
        columns.of_examples(session.data.images[example][None]) if columns.are_examples else None
    )
    chosen = order[:MOST_OF_ROW].tolist()
    return {
        "example": example,
        "n": len(values),
        "columns": [
            {
                "column": place,
                "name": columns.names[place],
                "value": _number(values[place]),
                "rank": _number(ranks[place]),
                "filled": None
                if filled is None or np.isfinite(values[place])
                else _number(filled[0, place]),
            }
            for place in chosen
        ],
    }


def parallel(session: Session, examples: Sequence[int], label: int | None) -> dict[str, Any]:
    """Rows of a selection beside others, or a class's drawings beside rows of that class.

    The axes are the columns in which the first differ most from all rows, in units of their spread.
    What is missing stands at its column's median. UserError for what is not there, or cannot be
    drawn.
    """
    columns = columns_of(session)
    n = len(session.data)
    if not all(0 <= example < n for example in examples):
        raise UserError(f"Examples are numbers from 0 to {n - 1}.")
    drawn = None if label is None else _drawn(session, columns, label)
    chosen = np.array(examples, np.intp)
    if label is not None and not len(chosen):
        chosen = np.flatnonzero(session.labels == label)
    if not len(chosen):
        raise UserError("Select some rows first, or label some of this class.")
    others = np.setdiff1d(_spread(n, 5 * MOST_LINES), chosen)
    told = drawn if drawn is not None else _rows(columns, _some(chosen, 10 * MOST_LINES))
    axes = _axes(columns, told)
    kinds = {"selected": _rows(columns, _some(chosen))[:, axes]}
    if drawn is not None:
        kinds["drawn"] = drawn[:, axes]
    else:
        kinds["others"] = _rows(columns, _some(others))[:, axes]
    return {
        "n": len(chosen),
        "axes": [
            {
                "column": int(place),
                "name": columns.names[place],
                "low": _number(columns.steps[0, place]),
                "high": _number(columns.steps[-1, place]),
            }
            for place in axes
        ],
        "lines": {kind: [_json(line) for line in lines] for kind, lines in kinds.items()},
    }


def _drawn(session: Session, columns: Columns, label: int) -> NDArray[np.float32]:
    """New rows of a class in units of the columns: (n, F)."""
    found = session.trainer.queries.sample(np.array([label], np.int64), MOST_LINES, 0)
    rows = columns.of_examples(found.rows[0][found.undrawn[0] == 0])
    if rows is None:
        raise UserError("Nothing leads from what a model draws to these columns.")
    if not len(rows):
        raise UserError("The model draws nothing of this class yet. Label more of it.")
    return rows


def _rows(columns: Columns, examples: NDArray[np.intp]) -> NDArray[np.float32]:
    """Rows with what is missing at its column's median: (n, F)."""
    values = np.array(columns.values[examples])
    medians = columns.steps[len(columns.steps) // 2]
    return np.where(np.isnan(values), np.nan_to_num(medians), values)


def _axes(columns: Columns, told: NDArray[np.float32]) -> NDArray[np.intp]:
    """The columns in which these rows (n, F) are unlike all others, in their own order."""
    quarter = len(columns.steps) // 4
    steps = np.nan_to_num(columns.steps)
    middle, spread = steps[2 * quarter], steps[3 * quarter] - steps[quarter]
    spread = np.where(spread > 0, spread, np.maximum(steps[-1] - steps[0], 1e-12))
    apart = np.abs(np.median(told, 0) - middle) / spread
    best = np.argsort(-apart, kind="stable")[:MOST_AXES]
    return np.sort(best)


def _some(examples: NDArray[np.intp], most: int = MOST_LINES) -> NDArray[np.intp]:
    return examples[_spread(len(examples), most)]


def _spread(n: int, most: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, max(n - 1, 0), min(n, most)).astype(np.intp))


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _json(values: NDArray[np.floating]) -> list[float | None]:
    return [_number(value) for value in values]
