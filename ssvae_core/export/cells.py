"""An AnnData file: what people said and the model guesses in `obs`, its latents in `obsm`.

An optional extra: pip install "ssvae-lab[cells]". Needs torch for the latents, so the app runs it
in a process of its own (process.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UserError
from .content import Labelled
from .features import file_name, spaces_of
from .rows import COLUMNS, ExportOptions, record, rows
from .writing import ExportProgress

FILE = "cells.h5ad"
LATENTS, LEARNED_FROM, MAP = "X_ssvae", "X_learned_from", "X_map"
MISSING = (
    'To write .h5ad, install the package anndata: pip install anndata (or "ssvae-lab[cells]"), '
    "then export again."
)
OF_TEXT = ("label", "state", "guess")  # columns of words that repeat
NUMBERS = ("confidence",)


def write_cells(
    content: Labelled, folder: Path, options: ExportOptions
) -> Iterator[ExportProgress]:
    """cells.h5ad: X is the columns that rows came with, or else what was learned from.

    `obs` has the columns of the tables; `obsm` the model's latents (X_ssvae), the vectors that it
    learned from, the map, and every space that examples are compared in (X_pixels, X_m1, ...).
    """
    try:
        import anndata
        import pandas as pd
    except ImportError as error:
        raise UserError(MISSING) from error
    from ..trainer.exploring import all_codes

    assert content.open_model is not None
    chosen = list(rows(content, options))
    kept = np.array([row.example for row in chosen], np.intp)
    if not len(kept):
        raise UserError("Nothing is left to export by these choices. Choose all examples.")
    yield ExportProgress("reading the model's latents", 0.1)
    codes = all_codes(content.open_model())
    yield ExportProgress("writing", 0.6)
    found = [record(row, content) for row in chosen]
    obs: dict[str, Any] = {}
    for name in COLUMNS:
        if name == "file_name":
            continue
        values = [each[name] for each in found]
        if name in OF_TEXT:
            obs[name] = pd.Categorical(values)
        elif name in NUMBERS:
            obs[name] = np.array([np.nan if each is None else each for each in values], np.float32)
        elif name == "example":
            obs[name] = np.array(values, np.int64)
        else:
            obs[name] = ["" if each is None else str(each) for each in values]
    index = _unique([row.file_name for row in chosen])
    table = pd.DataFrame(obs, index=pd.Index(index))
    columns = content.columns
    names = columns.names if columns is not None else None
    held: Any = content.values if columns is None else columns.values
    flat = np.asarray(held[kept], np.float32).reshape(len(kept), -1)
    genes = pd.DataFrame(index=pd.Index(names or [f"number {k + 1}" for k in range(flat.shape[1])]))
    cells = anndata.AnnData(flat, obs=table, var=genes)
    cells.obsm[LATENTS] = codes[kept]
    for _, name, _, matrix in spaces_of(content.open_model()):
        cells.obsm[f"X_{file_name(name)}"] = matrix[kept]
    if not content.is_images:
        cells.obsm[LEARNED_FROM] = np.array(content.values[kept], np.float32)
    if content.story is not None:
        cells.obsm[MAP] = np.array(content.story.xy[kept], np.float32)
    cells.write_h5ad(folder / FILE, compression="gzip")
    yield ExportProgress("written", 1.0)


def _unique(names: list[str]) -> list[str]:
    """Each its own: AnnData finds cells by name."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
