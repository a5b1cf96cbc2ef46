"""What examples are compared by, as matrices: of every space that there is, and a table of all.

    features/<space>.npy   a row an example, in order of the data set
    features.parquet       a row an example: number, label, guess, and a list for each space
    README.md              which spaces there are

Needs torch, so the app runs it in a process of its own (process.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .content import Labelled
from .rows import ExportOptions, rows
from .writing import ExportProgress

FOLDER, TABLE, READ_ME = "features", "features.parquet", "README.md"

Matrix = NDArray[np.float32]


def write_features(
    content: Labelled, folder: Path, options: ExportOptions
) -> Iterator[ExportProgress]:
    """A .npy of each space, features.parquet, and README.md that says what they are."""
    assert content.open_model is not None
    state: Any = content.open_model()
    chosen = list(rows(content, options))
    kept = np.array([row.example for row in chosen], np.intp)
    yield ExportProgress("reading what the examples are compared by", 0.05)
    spaces: dict[str, tuple[str, Matrix]] = {}
    for share, name, title, values in spaces_of(state):
        spaces[file_name(name)] = title, values[kept]
        yield ExportProgress(f"{title} read", 0.05 + 0.6 * share)
    (folder / FOLDER).mkdir()
    for name, (_, values) in spaces.items():
        np.save(folder / FOLDER / f"{name}.npy", values, allow_pickle=False)
    yield ExportProgress("writing the table", 0.7)
    _write_table(folder / TABLE, chosen, spaces)
    lines = [
        f"# Features of {content.session}",
        "",
        f"{len(kept)} examples of {content.title}.",
        "",
    ]
    lines += [
        f"- `{FOLDER}/{name}.npy`: {title}, {values.shape[1]} numbers an example"
        for name, (title, values) in spaces.items()
    ]
    lines += [f"- `{TABLE}`: the same with `example`, `label` and `guess`, a list a space"]
    (folder / READ_ME).write_text("\n".join([*lines, ""]), "utf-8")
    yield ExportProgress("written", 1.0)


def spaces_of(state: Any) -> Iterator[tuple[float, str, str, Matrix]]:
    """Every space of a trainer's state: how far it is, name, title and values (N, d)."""
    from ..trainer.spaces import names_of, read_at_once, title_of

    names = names_of(state)
    for done, name in enumerate(names, 1):
        yield done / len(names), name, title_of(state, name), read_at_once(state, name)


def file_name(space: str) -> str:
    """The name of a space as a file may have it."""
    return re.sub(r"[^a-z0-9._-]+", "-", space.lower()).strip("-.") or "space"


def _write_table(path: Path, chosen: list[Any], spaces: dict[str, tuple[str, Matrix]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        "example": pa.array([row.example for row in chosen], pa.int64()),
        "label": pa.array([row.label for row in chosen], pa.string()),
        "guess": pa.array([row.guess for row in chosen], pa.string()),
    }
    for name, (_, values) in spaces.items():
        flat = pa.array(np.ascontiguousarray(values).ravel(), pa.float32())
        columns[name] = pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
    pq.write_table(pa.table(columns), path, compression="zstd")
