"""AnnData's .h5ad: cells, what was measured of them, and what is known of each.

What is learned from is X, raw, a layer, or an array of obsm, as chosen. Of counts and other wide
matrices components are made (expression.py); the genes stay as columns to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.import_report import Skipped
from ...errors import UserError
from ...labels.names import shown
from ...limits import check_columns, check_vector
from ..gaps import choose_missing
from ..items import Item, Source
from ..reading import AS_FOUND
from . import expression
from .domain_column import choose_domain
from .h5ad_file import H5adFile
from .obs_columns import ObsColumns

X, RAW, LAYER, OBSM = "X", "raw", "layer:", "obsm:"
FEW_GENES = 100  # measured of each cell, up to which they are learned from as they are
LIKELY = ("X_pca", "X_scVI", "X_scANVI", "X_emb")  # arrays of obsm, the likeliest first
FLAT = 4  # numbers of an array of obsm, below which it is a map to look at
MOST_GENES = 20_000  # that are kept to look at
MOST_BYTES = 2**28  # of these, unless they are fewer than what varies
SYMBOLS = ("feature_name", "gene_symbols", "gene_symbol", "gene_name", "symbol", "gene_names")


class H5ad(Source):
    """Cells of an AnnData file."""

    title = ".h5ad of single cells (extra: cells)"
    kind = "vector"

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        self.path = Path(where)
        self._h5ad = H5adFile(self.path)
        try:
            self._open()
        except (UserError, MemoryError):
            raise
        except Exception as error:  # whatever its libraries stumble over in a damaged file
            raise UserError(
                f"{self.path.name} is not laid out as AnnData writes it "
                f"({shown(f'{type(error).__name__}: {error}')[:200]}). Open it in anndata and save "
                "it once more: adata.write_h5ad(...)."
            ) from error

    @staticmethod
    def accepts(where: str) -> bool:
        """By suffix."""
        return where.lower().endswith(".h5ad") and Path(where).is_file()

    def count(self) -> int:
        """Cells."""
        return len(self._obs.names)

    def items(self) -> Iterator[Item | Skipped]:
        """Every cell."""
        labels, domains = self._obs.of(self._label), self._obs.of(self._domain)
        for start in range(0, self.count(), expression.ROWS_AT_ONCE):
            shown_rows = None if self._shown is None else expression.dense_rows(self._shown, start)
            rows = expression.dense_rows(self._examples, start)
            for place, row in enumerate(rows):
                columns = None
                if shown_rows is not None:
                    columns = np.append(self._obs.numbers[start + place], shown_rows[place])
                yield Item(
                    shown(self._obs.names[start + place]),
                    row,
                    labels[start + place],
                    domain=domains[start + place],
                    columns=columns,
                )

    def close(self) -> None:
        """Let go of the file."""
        self._h5ad.close()

    def _open(self) -> None:
        self._shown: Any = None  # (N, F) genes to look at
        self._examples: Any  # (N, D)
        self._obs = ObsColumns(self._h5ad.read("obs"))
        if not self._obs.names:
            raise UserError(f"{self.path.name} holds no cell.")
        self._use = self._choose_use()
        self._label = self._obs.choose_label(self.reading)
        self._domain = choose_domain(self._obs.columns, self._label, self.reading)
        self.class_names = self._obs.classes_of(self._label)
        self.class_notes += self._obs.notes_on(self._label)
        if self._use.startswith(OBSM):
            self._of_obsm(self._use.removeprefix(OBSM))
        else:
            self._of_genes()
        check_vector(self.path.name, self._examples.shape[1])
        if len(self._examples_shape) != 2 or self._examples_shape[0] != self.count():
            raise UserError(self._of_other_length(self._use, self._examples_shape))
        choose_missing(self.reading, is_seen=False)

    @property
    def _examples_shape(self) -> tuple[int, ...]:
        return tuple(self._examples.shape)

    def _choose_use(self) -> str:
        """What is learned from, of all there is."""
        file, n = self._h5ad, len(self._obs.names)
        options: dict[str, str] = {}
        for name in file.names("obsm"):
            shape = file.shape(f"obsm/{name}")
            if len(shape) == 2 and shape[0] == n:
                options[f"{OBSM}{name}"] = f"{name} of obsm, {shape[1]} numbers"
            elif not shape:
                options[f"{OBSM}{name}"] = f"{name} of obsm, a table"
        for name, path in ((X, "X"), (RAW, "raw/X"), *self._layers()):
            if file.has(path) and len(shape := file.shape(path)) == 2:
                title = {X: "X", RAW: "raw"}.get(name, f"Layer {name.removeprefix(LAYER)}")
                options[name] = f"{title}, {shape[1]} genes"
        if not options:
            raise UserError(
                f"{self.path.name} holds no numbers of its cells: expected X, a layer, raw or obsm."
            )
        likely = [f"{OBSM}{name}" for name in LIKELY]
        wide = [name for name in options if not name.startswith(OBSM)]
        found = next((name for name in likely if name in options), (wide or [*options])[0])
        return self.reading.choose("use", "Learned from", options, found)

    def _layers(self) -> list[tuple[str, str]]:
        return [(f"{LAYER}{name}", f"layers/{name}") for name in self._h5ad.names("layers")]

    def _of_obsm(self, name: str) -> None:
        found = self._h5ad.read(f"obsm/{name}")
        found = found.to_numpy(np.float32) if hasattr(found, "to_numpy") else found
        if not hasattr(found, "indptr"):
            found = np.asarray(found)
            if found.dtype.kind not in "buif":
                raise UserError(f"{name} of obsm holds no numbers. Choose another: --use X.")
            found = found.astype(np.float32)
        self._examples = found
        self.are_examples = False
        if found.ndim == 2 and found.shape[1] < FLAT:
            self.notes.append(
                f"{name} has {found.shape[1]} numbers of each cell: it is a map to look at, and a "
                "model learns more from components or genes (--use X)."
            )
        source = RAW if self._h5ad.has("raw/X") else X
        if self._h5ad.has("raw/X") or self._h5ad.has("X"):
            matrix, names = self._matrix(source)
            self._show(self._log(matrix, source, is_said=False), names)

    def _of_genes(self) -> None:
        matrix, names = self._matrix(self._use)
        logs = self._log(matrix, self._use, is_said=True)
        if matrix.shape[1] <= FEW_GENES:
            self._examples, self._shown = logs, None
            self.columns = tuple(names)
            return
        is_scaled = expression.are_negative(logs)
        choose = expression.most_varying if is_scaled else expression.variable_genes
        chosen = choose(logs)
        self._examples = expression.components(logs[:, chosen])
        self.are_examples = False
        how = "largest variance" if is_scaled else "most dispersion for their mean"
        self.notes.append(
            f"A model learns from {self._examples.shape[1]} principal components of the "
            f"{len(chosen):,} genes of {how}, of {len(names):,}; the genes are kept to look at."
        )
        self._show(logs, names)

    def _matrix(self, use: str) -> tuple[Any, list[str]]:
        """Cells times genes, and what the genes are called."""
        paths = {X: ("X", "var"), RAW: ("raw/X", "raw/var")}
        path, var = paths.get(use, (f"layers/{use.removeprefix(LAYER)}", "var"))
        matrix = self._h5ad.read(path)
        if hasattr(matrix, "indptr"):
            matrix = matrix.tocsr()
            matrix.check_format(full_check=True)  # what it says of itself is not believed
            matrix = matrix.astype(np.float32)
        else:
            matrix = np.asarray(matrix, np.float32)
        values = expression.numbers_in(matrix)
        if matrix.ndim != 2 or matrix.shape[0] != self.count():
            raise UserError(self._of_other_length(path, matrix.shape))
        if not np.isfinite(values).all():
            raise UserError(
                f"'{path}' of {self.path.name} holds values that are no numbers. Fill them or "
                "leave those genes out, or choose another (--use)."
            )
        check_columns(self.path.name, matrix.shape[1])
        table = self._h5ad.read(var)
        names = next((table[name] for name in SYMBOLS if name in table), table.index)
        names = [str(name) for name in names]
        if len(names) != matrix.shape[1]:
            raise UserError(self._of_other_length(path, matrix.shape))
        return matrix, names

    def _log(self, matrix: Any, use: str, *, is_said: bool) -> Any:
        """Counts normalised and on a log scale; what is none of counts as it is."""
        if not expression.are_counts(matrix):
            if is_said:
                self.notes.append(
                    f"{use} holds no counts: its values are taken as they are (normalised already)."
                )
            return matrix
        what = "are learned from" if is_said else "are shown"
        self.notes.append(
            f"{use} holds counts: each cell was scaled to the median cell's total, and the "
            f"logarithms of 1 + these {what}."
        )
        return expression.log_normalised(matrix)

    def _show(self, logs: Any, names: list[str]) -> None:
        """Keep genes, and numbers of obs, as columns to look at."""
        most = max(expression.N_VARIABLE, min(MOST_GENES, MOST_BYTES // (4 * self.count())))
        kept: NDArray[np.intp] = np.arange(len(names))
        if len(names) > most:
            choose = expression.most_varying
            kept = choose(logs, most)
            self.notes.append(f"{most:,} of {len(names):,} genes are kept to look at.")
        self._shown = logs[:, kept]
        self.columns = (*self._obs.number_names, *(names[k] for k in kept))
        filled = self._obs.filled_numbers()
        examples = np.nan_to_num(
            self._examples.toarray() if hasattr(self._examples, "toarray") else self._examples
        )
        if examples.ndim == 2 and len(examples) == self.count():
            of_genes = expression.regressed(self._shown, examples)
            self.loadings = np.hstack([expression.regressed(filled, examples), of_genes])

    def _of_other_length(self, name: str, shape: tuple[int, ...]) -> str:
        return (
            f"'{name}' of {self.path.name} has shape {shape}, and there are {self.count()} cells. "
            "Open it in anndata and save it once more: adata.write_h5ad(...)."
        )
